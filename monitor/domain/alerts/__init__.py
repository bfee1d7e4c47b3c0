"""Who receives a change, when, and when not."""
