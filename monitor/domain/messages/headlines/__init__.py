"""What happened, as a whole sentence that fits a subject."""
