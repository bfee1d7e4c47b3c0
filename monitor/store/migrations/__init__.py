"""Alembic's scripts: how older databases become the present one."""
