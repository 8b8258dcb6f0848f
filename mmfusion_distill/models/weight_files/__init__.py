"""Files of weights: read without executing anything in them, checked, and with the config of their network."""
