"""Measuring: what networks cost and what they are good for."""
