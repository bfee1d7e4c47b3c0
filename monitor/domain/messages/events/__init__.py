"""The events of the news as digests and pages tell them: each once, in its best words, with its importance."""
