"""A monitor of deal commitments: it reads the news and decides the status of each promise (docs/architecture.md)."""
