"""Where code that builds networks finds the weights that come with the package; see `io.shipped_weights`."""

from ..io.shipped_weights import DEFAULT_WEIGHTS, FOLDER, SHIPPED_WEIGHTS, shipped_weights

__all__ = ["DEFAULT_WEIGHTS", "FOLDER", "SHIPPED_WEIGHTS", "shipped_weights"]
