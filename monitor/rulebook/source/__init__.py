"""Rule files as text and YAML: values with their places, and errors that name them."""
