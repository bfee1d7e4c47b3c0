"""The digest: its material, its parts, and its figures."""
