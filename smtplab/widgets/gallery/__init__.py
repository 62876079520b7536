"""The gallery: recorded servers by commands, what each answered."""
