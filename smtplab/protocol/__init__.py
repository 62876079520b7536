"""SMTP as octets and values, with no I/O of its own: replies, exchanges, and a client over any connection."""

__all__ = [
    "client", "command", "connection", "conversation", "loglines", "octets", "parser", "reply", "sources", "timeouts",
    "transcript",
]  # fmt: skip
"""The modules that other rooms may use."""
