"""The sequence: who said what and when, as a diagram."""
