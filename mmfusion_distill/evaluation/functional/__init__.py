"""Fusion metrics as pure functions on images, one file for each family."""
