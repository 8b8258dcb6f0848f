"""The interface of annotators."""

from abc import ABC, abstractmethod

import numpy as np

from ..datasets.annotation_file import Annotation


class Annotator(ABC):
    """Writes what is wrong with a pair of images."""

    @abstractmethod
    def annotate_arrays(
        self, img_a: np.ndarray, img_b: np.ndarray, modality: str = "infrared-visible"
    ) -> Annotation:
        """Annotate one pair.

        Args:
            img_a (np.ndarray): Source A, (H, W, 1 or 3) in [0, 255], RGB.
            img_b (np.ndarray): Source B, (H, W, 1) in [0, 255].
            modality (str): 'infrared-visible' or 'medical'. Default: 'infrared-visible'.

        Returns:
            Annotation: At least one event.
        """
