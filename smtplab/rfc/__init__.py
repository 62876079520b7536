"""What the RFCs say: the reply codes and the rules as data, a check for each rule, and the judge."""

__all__ = ["checks", "codes", "compare", "judge", "registry", "rules"]
"""The modules that other rooms may use."""
