"""Side by side: two commands' replies, or two codes; what is the same and what differs."""
