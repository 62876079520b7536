"""How the lab's server answers: aiosmtpd's SMTP with a personality, and what its sessions share."""

__all__ = ["guard", "personality", "smtp", "state"]
"""The modules that other rooms may use."""
