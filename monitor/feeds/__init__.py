"""From a feed's address to entries: fetch (HTTP, bounded), parse (bytes -> entries, in a worker), schedule (when
next)."""
