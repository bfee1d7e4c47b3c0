"""The digest: what it is made of, its parts, and the figures that close it."""
