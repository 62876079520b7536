"""How the lab's server answers: aiosmtpd's SMTP with a personality, and what its sessions share."""

__all__ = ["guard", "limits", "personality", "smtp", "state"]
"""The modules that other rooms may use."""
