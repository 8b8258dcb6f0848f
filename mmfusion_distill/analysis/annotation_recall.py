"""How well an annotator recognises degradations of known strength."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ..annotation.annotators.statistics_annotator import StatisticsAnnotator
from ..annotation.degradations import INFRARED_VISIBLE_DEGRADATIONS, MEDICAL_DEGRADATIONS
from ..io.image_io import read_image
from ..io.pairing import ImagePair


@dataclass(frozen=True)
class EventRecall:
    """Counts of one event.

    Args:
        event (str): The event.
        recall (float): Share of the pairs with this degradation in which it was named.
        false_alarms (float): Share of the pairs without it (undegraded, or degraded otherwise) in which it was named.
        on_clean (float): Share of the undegraded pairs in which it was named.
        pairs (int): Number of undegraded pairs.
    """

    event: str
    recall: float
    false_alarms: float
    on_clean: float
    pairs: int


def measure_recall(
    annotator: StatisticsAnnotator, pairs: Iterable[ImagePair], modality: str, seed: int = 0
) -> list[EventRecall]:
    """Degrade every pair in every way and compare what the annotator names with what was done.

    Args:
        annotator (StatisticsAnnotator): Anything with its ``annotate_arrays``.
        pairs (Iterable[ImagePair]): Pairs without degradations of their own; what they have counts as false alarm.
        modality (str): 'infrared-visible' or 'medical'.
        seed (int): Of the degradations. Default: 0.

    Returns:
        list[EventRecall]: One per event.
    """
    degradations = MEDICAL_DEGRADATIONS if modality == "medical" else INFRARED_VISIBLE_DEGRADATIONS
    rng = np.random.default_rng(seed)
    named: dict[str, list[tuple[str, ...]]] = {"": [], **{event: [] for event in degradations}}
    for pair in pairs:
        sources = read_image(pair.path_a), read_image(pair.path_b, 1, is_thermal=True)
        named[""].append(annotator.annotate_arrays(*sources, modality).event_types)
        for event, (source, degrade) in degradations.items():
            degraded = list(sources)
            degraded[source] = degrade(sources[source], rng)
            named[event].append(annotator.annotate_arrays(degraded[0], degraded[1], modality).event_types)
    return [_count(event, named) for event in degradations]


def _count(event: str, named: dict[str, list[tuple[str, ...]]]) -> EventRecall:
    others = [names for done, all_names in named.items() if done != event for names in all_names]
    return EventRecall(
        event,
        recall=_share(event, named[event]),
        false_alarms=_share(event, others),
        on_clean=_share(event, named[""]),
        pairs=len(named[""]),
    )


def _share(event: str, names: list[tuple[str, ...]]) -> float:
    return sum(event in found for found in names) / max(len(names), 1)
