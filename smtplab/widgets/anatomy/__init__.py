"""Anatomy: every octet of a reply, each part with its explanation and its rule."""
