"""`feeds`: what is polled and how it does; feeds found, tried, added, and exchanged with other programs."""
