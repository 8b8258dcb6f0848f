"""Whether two scans show the same place of the patient."""

from .image_source import ImageReadError
from .stored_image import StoredImage


def check_equal_grids(stored_a: StoredImage, stored_b: StoredImage, with_options: bool = True) -> None:
    """Check that two scans lie alike in the patient, where both say how they lie.

    Args:
        stored_a (StoredImage): Source A.
        stored_b (StoredImage): Source B.
        with_options (bool): Whether the message speaks of `--resample`. Default: True.

    Raises:
        ImageReadError: If they do not; says in what they differ.
    """
    if stored_a.grid is None or stored_b.grid is None:
        return
    difference = stored_a.grid.difference(stored_b.grid)
    if difference:
        remedy = "--resample B to the grid of A, or choose another --slice"
        if not with_options:
            remedy = "give SourceOptions(resample=True) to PairReader, or resample B to the grid of A first"
        raise ImageReadError(
            f"{stored_a.name} and {stored_b.name} show different places of the patient: {difference}; {remedy}"
        )


def is_half_placed(stored_a: StoredImage, stored_b: StoredImage) -> bool:
    """Whether of two scans only one says where it lies, so that nobody knows whether they fit."""
    both = stored_a.kind == stored_b.kind == "scan"
    return both and (stored_a.grid is None) != (stored_b.grid is None)
