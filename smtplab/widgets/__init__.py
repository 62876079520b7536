"""What the widgets show and answer, with a folder for each; in a notebook, and on a plain page."""

__all__ = ["files", "kinds", "notebook", "page"]
"""The modules that other rooms may use."""
