"""The browser edition: a static site in which the lessons run in the reader's browser, with nothing installed.

It is put together from packages and from deploy/lite/; `smtplab site` is its command. Nothing here runs in a lesson.
"""

__all__ = ["build", "place", "scorm", "serve"]
"""The modules that other rooms may use."""
