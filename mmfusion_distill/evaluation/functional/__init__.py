"""Fusion metrics as pure functions on pictures, one file for each family."""
