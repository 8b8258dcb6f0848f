"""What is said of scores: results, intervals, tables, plots, grids of pictures."""
