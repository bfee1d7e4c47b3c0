"""From signals to a verdict and its transitions."""
