"""A lab: one server, one client, over tcp or in memory; and the probe, which questions any server."""

__all__ = ["lab", "probe", "remote"]
"""The modules that other rooms may use."""
