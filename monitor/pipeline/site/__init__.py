"""What the pages and their links read and write, each in one transaction."""
