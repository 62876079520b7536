"""The course: lessons, exercises and how they are graded, and what a learner has done."""

__all__ = [
    "answering", "attempts", "classroom", "exercises", "experiments", "game", "grading", "hints",
    "lessons", "logbook", "points", "progress", "review",
]  # fmt: skip
"""The modules that other rooms may use."""
