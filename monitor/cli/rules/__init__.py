"""The commands of rule authors."""
