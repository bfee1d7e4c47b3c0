"""A backup made, its archive, and a folder restored from it."""
