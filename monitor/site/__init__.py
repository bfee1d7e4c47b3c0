"""Pages, files and the small web server. Only this room uses icalendar, starlette, uvicorn and prometheus_client."""
