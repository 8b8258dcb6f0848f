"""Operations on tensors without weights: colour, pyramids, padding, forms that runtimes compute fastest."""
