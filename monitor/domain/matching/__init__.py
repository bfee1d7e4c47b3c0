"""What in a story is a signal: rules, modality, attribution."""
