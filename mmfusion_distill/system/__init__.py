"""The machine: whole files, memory, processes that share work, a progress bar, tables."""
