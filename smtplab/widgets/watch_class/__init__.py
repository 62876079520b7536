"""A class, live: the report of a folder, which is followed as learners answer."""
