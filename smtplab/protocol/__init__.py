"""SMTP as octets and values, with no I/O of its own: replies, exchanges, and a client over any connection."""

__all__ = ["client", "command", "connection", "conversation", "octets", "reply", "sources", "timeouts", "transcript"]
"""The modules that other rooms may use."""
