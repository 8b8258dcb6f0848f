"""Base of the annotators."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Optional

from ...images.pairing import ImagePair
from ..annotation_types import Annotation

if TYPE_CHECKING:
    # A help text does without OpenCV.
    from ...registration.pair_reader import PairReader


@dataclass(frozen=True)
class AnnotationResult:
    """Result of an annotator for one pair: an annotation, or why there is none.

    Args:
        pair (ImagePair): The pair.
        annotation (Annotation | None): None if it failed.
        error (str): One sentence why it failed. Default: ''.
        answer (str): The model's answer that could not be used, for inspection. Default: ''.
    """

    pair: ImagePair
    annotation: Annotation | None
    error: str = ""
    answer: str = ""


class Annotator(ABC):
    """Writes annotations of image pairs.

    To use an own one by name, register it in ``mmfusion_distill.registry.TASK_UTILS``.
    """

    #: Raised whenever the same arguments lead to other annotations: what runs have kept is then made again.
    version = ""
    #: Reads the pairs, as every command does. Default: None, one without options.
    reader: Optional["PairReader"] = None

    @abstractmethod
    def annotate(
        self, pairs: Iterable[ImagePair], modality: str = "infrared-visible"
    ) -> Iterator[AnnotationResult]:
        """Annotate pairs.

        Args:
            pairs (Iterable[ImagePair]): The pairs; read as they are needed, so there may be millions.
            modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.

        Yields:
            AnnotationResult: One per pair, as they get ready (the order may differ). A pair that fails yields a
            result with ``error`` and does not stop the others.
        """
