"""Annotations from image statistics, without any model."""

import numpy as np
from mmagic.registry import TASK_UTILS
from scipy.ndimage import convolve

from ..datasets.annotation_file import Annotation, Event
from ..datasets.event_types import MEDICAL_NORMAL_EVENT, NORMAL_EVENT
from .base import Annotator

_LAPLACIAN_DIFFERENCE = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float64)


def noise_sigma(gray: np.ndarray) -> float:
    """Standard deviation of the noise of an image (Immerkaer, CVIU 1996, Eq. 4).

    Args:
        gray (np.ndarray): (H, W).

    Returns:
        float: In the units of the image; 0 for images smaller than 3x3.
    """
    height, width = gray.shape
    if min(height, width) < 3:
        return 0.0
    response = convolve(gray.astype(np.float64), _LAPLACIAN_DIFFERENCE)[1:-1, 1:-1]
    return float(np.abs(response).mean() * np.sqrt(np.pi / 2) / 6)


@TASK_UTILS.register_module()
class StatisticsAnnotator(Annotator):
    """Name the degradations that mean, contrast and noise of the two images show.

    Args:
        dark_mean (float): Mean luminance of source A below which it is dark. Default: 60.
        bright_mean (float): Mean luminance above which it is over-exposed. Default: 200.
        low_contrast (float): Standard deviation of source B below which it lacks contrast. Default: 20.
        high_noise (float): Noise above which either source is noisy. Default: 12.
    """

    def __init__(
        self,
        dark_mean: float = 60,
        bright_mean: float = 200,
        low_contrast: float = 20,
        high_noise: float = 12,
    ) -> None:
        self.dark_mean = dark_mean
        self.bright_mean = bright_mean
        self.low_contrast = low_contrast
        self.high_noise = high_noise

    def annotate_arrays(
        self, img_a: np.ndarray, img_b: np.ndarray, modality: str = "infrared-visible"
    ) -> Annotation:
        """Annotate one pair; see :meth:`Annotator.annotate_arrays`."""
        gray_a, gray_b = img_a.mean(axis=2), img_b.mean(axis=2)
        noise_a, noise_b = noise_sigma(gray_a), noise_sigma(gray_b)
        medical = modality == "medical"
        checks = [
            (gray_a.mean() < self.dark_mean and not medical, "low_light", f"mean {gray_a.mean():.0f} of 255"),
            (
                gray_a.mean() > self.bright_mean and not medical,
                "over_exposure",
                f"mean {gray_a.mean():.0f} of 255",
            ),
            (
                gray_b.std() < self.low_contrast,
                "contrast_enhancement" if medical else "ir_low_contrast",
                f"standard deviation {gray_b.std():.0f} of 255",
            ),
            (
                noise_a > self.high_noise,
                "noise_suppression" if medical else "high_noise",
                f"noise of {noise_a:.0f} gray levels",
            ),
            (
                noise_b > self.high_noise,
                "noise_suppression" if medical else "ir_noise",
                f"noise of {noise_b:.0f} gray levels",
            ),
        ]
        events = [Event(name, f"source image shows {text}") for found, name, text in checks if found]
        normal = MEDICAL_NORMAL_EVENT if medical else NORMAL_EVENT
        events = events or [Event(normal, "no strong degradation is seen in either image")]
        return Annotation(tuple(events), annotator="StatisticsAnnotator")
