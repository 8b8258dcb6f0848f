"""Data sets of image pairs, their transforms and samplers, degradations, generated scenes, converters."""
