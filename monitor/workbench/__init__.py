"""Tools for rule authors, without database or clock: stories, folders and times come in as arguments."""
