"""Fusing pairs and folders of images, with a trained network or with an exported one, which needs no PyTorch."""
