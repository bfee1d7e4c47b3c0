"""The pages and the files for machines: view models to files, and the small server of them. Sole user of icalendar, starlette,
uvicorn, h11 and prometheus_client."""
