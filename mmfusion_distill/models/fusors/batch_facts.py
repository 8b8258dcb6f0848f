"""Facts of a batch besides its images."""

from mmagic.structures import DataSample
from torch import Tensor


def events_of(data_samples: DataSample | None) -> list[tuple[str, ...]] | None:
    """Event names of every pair of a batch; none for a pair without annotation."""
    annotations = None if data_samples is None else data_samples.metainfo.get("annotation")
    if annotations is None:
        return None
    return [() if annotation is None else annotation.event_types for annotation in annotations]


def targets_of(inputs: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
    """The targets of a result: the sources before their degradation."""
    return inputs.get("target_a", inputs["img_a"]), inputs.get("target_b", inputs["img_b"])


def known_events(
    data_samples: DataSample, batch_size: int, silent: bool = False
) -> list[tuple[str, ...] | None]:
    """Event names of every pair of a batch; None where nobody annotated it.

    Args:
        data_samples (DataSample): Stacked data samples.
        batch_size (int): Pairs of the batch.
        silent (bool): Whether pairs whose text was left out at random count as not annotated. Default: False.
    """
    nothing = [None] * batch_size
    annotations = data_samples.metainfo.get("annotation", nothing)
    dropped = data_samples.metainfo.get("drop_text", nothing) if silent else nothing
    return [
        None if annotation is None or drop else annotation.event_types
        for annotation, drop in zip(annotations, dropped)
    ]
