"""Rule files as text and YAML: values with their places, and issues at these places."""
