"""Degradations of images with known strength, and the texts that name them."""
