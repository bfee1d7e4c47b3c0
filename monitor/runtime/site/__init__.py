"""The pages of a running program: built, served, and the key of their links."""
