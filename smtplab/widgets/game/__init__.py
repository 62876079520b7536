"""The game: one round of recorded replies to be guessed, each then taken apart."""
