"""The exercise card: a question, an answer, and the feedback made for that answer."""
