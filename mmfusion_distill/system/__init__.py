"""What any program asks of its machine: whole files, memory, processes that share work, a progress bar, tables."""
