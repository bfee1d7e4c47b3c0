"""The page of a commitment, and the pages of how it stood on a day."""
