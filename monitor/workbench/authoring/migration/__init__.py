"""Rule files of the older syntax written in the new one."""
