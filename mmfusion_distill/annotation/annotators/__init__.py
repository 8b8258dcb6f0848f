"""Who writes annotations: image statistics, a local model, a server."""
