"""The steps between news and message, each in one transaction: ingest, review, delivery, digests."""
