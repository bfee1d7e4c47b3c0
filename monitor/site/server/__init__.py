"""The small server of the pages: files, health, metrics and signed links, behind guards."""
