"""What the files for machines say: Atom entries, dates of calendars, JSON documents and their schema."""
