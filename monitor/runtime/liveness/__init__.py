"""What a running program tells of itself: signs of life, the heartbeat, the service manager."""
