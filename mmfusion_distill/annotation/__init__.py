"""Who writes annotations of image pairs: image statistics, a local model, a server."""
