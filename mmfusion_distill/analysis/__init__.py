"""Measuring networks: time, memory, operations, what is kept of a teacher, what its text does."""
