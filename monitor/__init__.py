"""A monitor of deal commitments: it reads the news and says where each promise stands. docs/architecture.md draws it."""
