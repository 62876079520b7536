"""What real servers answered, octet for octet, and how a lab answers with it."""

__all__ = ["answers", "convert", "ftp", "likeness", "personalities", "recorder", "recording", "survey"]
"""The modules that other rooms may use."""
