"""How well an annotator recognises what we degrade or what others name, and thresholds that agree with these."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from ..annotation.annotation_file import read_annotation_of
from ..annotation.annotation_types import Annotation, Event
from ..annotation.annotators.infrared_visible_events import (
    InfraredVisibleThresholds,
    is_dark,
    is_hazy,
    is_over_exposed,
)
from ..annotation.annotators.statistics_annotator import StatisticsAnnotator
from ..annotation.annotators.visible_measures import VisibleMeasures, measure_visible
from ..annotation.event_types import EVENT_TYPES, MEDICAL_EVENT_TYPES, MEDICAL_NORMAL_EVENT, NORMAL_EVENT
from ..data.degradations.degradations import INFRARED_VISIBLE_DEGRADATIONS, MEDICAL_DEGRADATIONS
from ..images.image_io import read_image
from ..images.pairing import ImagePair
from ..images.pixels import to_uint8
from ..inference.fusion_inferencer import FusionInferencer
from ..user_errors import UserError

# A threshold is tried between as many groups of equal size.
_STEPS = 20
# F1 that is given up for precision.
_TOLERANCE = 0.02

#: Event -> its rule and the thresholds that are chosen for it, each with the figure that it limits.
_CHOSEN: dict[str, tuple[Callable, dict[str, str]]] = {
    "low_light": (is_dark, dict(dark_mean="mean")),
    "over_exposure": (is_over_exposed, dict(bright_fraction="bright_fraction")),
    "haze": (is_hazy, dict(glare_shadows="shadows", glare_edges="edges", glare_sky="sky")),
}


class NetworkAnnotator:
    """What a student sees in pairs, to be scored as annotators are."""

    def __init__(self, network: FusionInferencer) -> None:
        self.network = network

    def annotate_arrays(self, img_a: np.ndarray, img_b: np.ndarray, modality: str) -> Annotation:
        """The events that it names of sources (H, W, C) in [0, 255], or one that stands for none."""
        seen = self.network.explain(to_uint8(img_a), to_uint8(img_b))
        kinds = MEDICAL_EVENT_TYPES if modality == "medical" else EVENT_TYPES
        events = [Event(event) for event in kinds if seen[event] >= 0.5]
        normal = MEDICAL_NORMAL_EVENT if modality == "medical" else NORMAL_EVENT
        return Annotation(tuple(events or [Event(normal)]), annotator=type(self).__name__)


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


@dataclass(frozen=True)
class EventAgreement:
    """Agreement on one event.

    Args:
        event (str): The event.
        precision (float): Share of the pairs in which the annotator named it that have it; 0 if it named none.
        recall (float): Share of the pairs that have it in which the annotator named it; 0 if none has it.
        pairs (int): Number of pairs that have it.
        named (int): Number of pairs in which the annotator named it.
    """

    event: str
    precision: float
    recall: float
    pairs: int
    named: int

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def measure_recall(
    annotator: StatisticsAnnotator | NetworkAnnotator,
    pairs: Iterable[ImagePair],
    modality: str,
    seed: int = 0,
) -> list[EventRecall]:
    """Degrade every pair in every way and compare what the annotator names with what was done.

    Returns:
        list[EventRecall]: One per event.
    """
    degradations = MEDICAL_DEGRADATIONS if modality == "medical" else INFRARED_VISIBLE_DEGRADATIONS
    rng = np.random.default_rng(seed)
    named: dict[str, list[tuple[str, ...]]] = {"": [], **{event: [] for event in degradations}}
    for pair in pairs:
        sources = _read_sources(pair)
        named[""].append(annotator.annotate_arrays(*sources, modality).event_types)
        for event, (source, degrade) in degradations.items():
            degraded = list(sources)
            degraded[source] = degrade(sources[source], rng)
            named[event].append(annotator.annotate_arrays(degraded[0], degraded[1], modality).event_types)
    return [_count(event, named) for event in degradations]


def read_references(pairs: Iterable[ImagePair], folder: str | Path) -> list[Annotation]:
    """The annotations of pairs in a folder.

    Raises:
        UserError: If a pair has none.
    """
    references = []
    for pair in pairs:
        annotation = read_annotation_of(pair, folder)
        if annotation is None:
            raise UserError(
                f"{folder} has no annotation of {pair.name}: name the pairs that have one with --names"
            )
        references.append(annotation)
    return references


def measure_agreement(
    annotator: StatisticsAnnotator | NetworkAnnotator,
    pairs: Sequence[ImagePair],
    references: Sequence[Annotation],
    modality: str,
) -> list[EventAgreement]:
    """Compare the events that an annotator names with trusted ones.

    Returns:
        list[EventAgreement]: One per known event of the modality.
    """
    named = [annotator.annotate_arrays(*_read_sources(pair), modality).event_types for pair in pairs]
    events = MEDICAL_EVENT_TYPES if modality == "medical" else EVENT_TYPES
    trusted = [reference.event_types for reference in references]
    return [_agreement(event, _has(event, named), _has(event, trusted)) for event in events]


def choose_thresholds(pairs: Iterable[ImagePair], references: Sequence[Annotation]) -> dict[str, float]:
    """Thresholds of low light, over-exposure and haze that agree best with trusted annotations.

    Of the combinations whose F1 is within 0.02 of the best the most precise is taken: naming nearly every pair is no
    help. Many are equally precise; the one in their middle keeps a distance from pairs on either side.

    Returns:
        dict[str, float]: Fields of :class:`InfraredVisibleThresholds`, rounded.
    """
    each = [measure_visible(read_image(pair.path_a)) for pair in pairs]
    columns = zip(*(astuple(one) for one in each))
    measures = VisibleMeasures(*(np.array(column) for column in columns))
    chosen: dict[str, float] = {}
    for event, (rule, thresholds) in _CHOSEN.items():
        has_event = _has(event, [reference.event_types for reference in references])
        grids = [_candidates(getattr(measures, figure)) for figure in thresholds.values()]
        tried = []
        for values in product(*grids):
            limits = replace(InfraredVisibleThresholds(), **dict(zip(thresholds, values)))
            tried.append((_agreement(event, rule(measures, limits), has_event), values))
        best = max(agreement.f1 for agreement, _ in tried)
        good = [
            (agreement.precision, values) for agreement, values in tried if agreement.f1 >= best - _TOLERANCE
        ]
        precision = max(good)[0]
        values = _middle([values for one, values in good if one > precision - 1e-6], grids)
        chosen.update(zip(thresholds, values))
    return chosen


def _count(event: str, named: dict[str, list[tuple[str, ...]]]) -> EventRecall:
    others = [names for done, all_names in named.items() if done != event for names in all_names]
    return EventRecall(
        event,
        recall=_share(event, named[event]),
        false_alarms=_share(event, others),
        on_clean=_share(event, named[""]),
        pairs=len(named[""]),
    )


def _read_sources(pair: ImagePair) -> tuple[np.ndarray, np.ndarray]:
    return read_image(pair.path_a), read_image(pair.path_b, 1, is_thermal=True)


def _has(event: str, names: Iterable[tuple[str, ...]]) -> np.ndarray:
    return np.array([event in found for found in names], bool)


def _share(event: str, names: Sequence[tuple[str, ...]]) -> float:
    return sum(event in found for found in names) / max(len(names), 1)


def _candidates(values: np.ndarray) -> list[float]:
    steps = np.unique(np.quantile(values, np.linspace(0, 1, _STEPS + 1)))
    return sorted({float(f"{value:.2g}" if value < 1 else f"{value:.3g}") for value in steps})


def _middle(combinations: list[tuple[float, ...]], grids: list[list[float]]) -> tuple[float, ...]:
    """The combination nearest to the median of all, counted in steps of the grids."""
    steps = np.array([[grid.index(v) for grid, v in zip(grids, values)] for values in combinations])
    return combinations[int(np.abs(steps - np.median(steps, axis=0)).sum(axis=1).argmin())]


def _agreement(event: str, named: np.ndarray, has_event: np.ndarray) -> EventAgreement:
    hits = int((named & has_event).sum())
    return EventAgreement(
        event,
        precision=hits / max(int(named.sum()), 1),
        recall=hits / max(int(has_event.sum()), 1),
        pairs=int(has_event.sum()),
        named=int(named.sum()),
    )
