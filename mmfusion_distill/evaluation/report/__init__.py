"""Reports on scores: results, intervals, tables, plots, grids of images."""
