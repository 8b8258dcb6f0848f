"""Images on disk and in memory: one way in (decode, range, channels, pairs) and one way out. Light: no PyTorch."""
