"""What every room stands on: the language, the sentences, and how they are laid out as text or HTML."""

__all__ = ["columns", "html", "language", "names", "sentences", "tables", "texts"]
"""The modules that other rooms may use."""
