"""Who is told of a change, when, and when not."""
