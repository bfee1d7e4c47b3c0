"""From a feed's address to entries: fetch (bounded), parse (in a worker), schedule (when next)."""
