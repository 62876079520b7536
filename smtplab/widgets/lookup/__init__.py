"""Look up: a code, two codes, or a reply or log lines of one's own, taken apart."""
