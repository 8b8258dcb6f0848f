"""Annotations from image statistics: no model, no network."""

from collections.abc import Iterable, Iterator

import numpy as np

from ...images.pairing import ImagePair
from ...registration.pair_reader import PairReader
from ...system.number_range import at_least, check_numbers
from ..annotation_types import Annotation, Event
from ..event_types import MEDICAL_NORMAL_EVENT, NORMAL_EVENT, check_modality
from . import image_statistics as stats
from .base import AnnotationResult, Annotator
from .infrared_visible_events import InfraredVisibleThresholds, find_infrared_visible_events
from .medical_events import MedicalThresholds, find_medical_events
from .worker_pool import map_unordered


class StatisticsAnnotator(Annotator):
    """Measures both sources and names the degradations that are there, with the measured figures.

    Args:
        thresholds (dict | None): Fields of :class:`InfraredVisibleThresholds` that differ from their defaults.
            Default: None.
        medical_thresholds (dict | None): Likewise of :class:`MedicalThresholds`. Default: None.
        workers (int): Pairs measured at the same time. Default: 1.

    Raises:
        OptionError: If a threshold is no finite number, or there is no worker.
    """

    #: Raised whenever measurements or wording change, so that files tell which rules wrote them.
    version = "3"

    def __init__(
        self, thresholds: dict | None = None, medical_thresholds: dict | None = None, workers: int = 1
    ) -> None:
        check_numbers(type(self).__name__, {"workers": at_least(1)}, {"workers": workers})
        self.thresholds = InfraredVisibleThresholds(**({} if thresholds is None else thresholds))
        self.medical_thresholds = MedicalThresholds(
            **({} if medical_thresholds is None else medical_thresholds)
        )
        self.workers = workers

    def annotate(
        self, pairs: Iterable[ImagePair], modality: str = "infrared-visible"
    ) -> Iterator[AnnotationResult]:
        """Annotate pairs, see :meth:`Annotator.annotate`."""
        check_modality(modality)
        return map_unordered(lambda pair: self._annotate_files(pair, modality), pairs, self.workers)

    def _annotate_files(self, pair: ImagePair, modality: str) -> AnnotationResult:
        try:
            # as the network will see them
            img_a, img_b, _ = (self.reader or PairReader(in_python=True)).read(pair.path_a, pair.path_b)
        except (OSError, ValueError) as error:
            return AnnotationResult(pair, None, str(error))
        return AnnotationResult(pair, self.annotate_arrays(img_a, img_b, modality))

    def annotate_arrays(
        self, img_a: np.ndarray, img_b: np.ndarray, modality: str = "infrared-visible"
    ) -> Annotation:
        """Annotate a pair of images; never fails on images of any size and content.

        Args:
            img_a (np.ndarray): Source A (H, W, 1 or 3), 0 to 255, RGB.
            img_b (np.ndarray): Source B (H, W, 1), 0 to 255.
            modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.

        Returns:
            Annotation: The events found, or one event ``normal`` (``medical_normal``) that stands for the default
            loss weights.
        """
        check_modality(modality)
        if modality == "medical":
            events = list(find_medical_events(img_a, img_b, self.medical_thresholds))
            normal = MEDICAL_NORMAL_EVENT
        else:
            events = list(find_infrared_visible_events(img_a, img_b, self.thresholds))
            normal = NORMAL_EVENT
        if not events:
            events = [Event(normal, f"No strong degradation was found. {_describe(img_a, img_b)}")]
        return Annotation(tuple(events), annotator=type(self).__name__, model=f"rules-{self.version}")


def _describe(img_a: np.ndarray, img_b: np.ndarray) -> str:
    """Brightness and contrast of both sources, so that pairs without degradations differ in their text too."""
    parts = []
    for name, image in (("first", img_a), ("second", img_b)):
        gray = stats.luminance(image)
        mean = float(gray.mean(dtype=np.float64))
        tone = (
            "dark"
            if mean < 70
            else "dim"
            if mean < 115
            else "bright"
            if mean > 170
            else "of medium brightness"
        )
        parts.append(
            f"The {name} image is {tone} (mean brightness {mean:.0f} of 255), its tones span "
            f"{stats.contrast_range(gray):.0f} gray levels and it is brightest in the {stats.where_strongest(gray)}."
        )
    return " ".join(parts)
