"""Configs and weights by name: what comes with the package, and whether a config can be used."""
