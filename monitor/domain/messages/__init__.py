"""What a message says: the view models of alerts and digests, and their wording."""
