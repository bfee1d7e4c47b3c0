"""How values are stored: JSON, packed columns, and rows of earlier versions."""
