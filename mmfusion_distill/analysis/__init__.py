"""Measuring: time, memory, operations, what is kept of a teacher, what its text does, what a detector gains."""
