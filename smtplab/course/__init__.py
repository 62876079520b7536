"""The course: lessons, exercises and how they are graded, and what a learner has done."""

__all__ = ["exercises", "experiments", "game", "grading", "lessons", "progress"]
"""The modules that other rooms may use."""
