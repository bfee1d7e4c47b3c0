"""The content of messages: alerts and digests, and their wording."""
