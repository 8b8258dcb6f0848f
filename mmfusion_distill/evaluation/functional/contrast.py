"""Metrics of the fused image alone: how much contrast and detail it has."""

import math

import cv2
import numpy as np

from .gray_image import ImageLike, as_gray_image


def standard_deviation(image: ImageLike) -> float:
    """SD: root of the mean squared distance of the gray levels from their mean.

    Range [0, 127.5] gray levels; higher means more contrast. A constant image gives 0.

    Source: Rao, "In-fibre Bragg grating sensors", Meas. Sci. Technol. 8(4), 1997, is what the
    literature cites; it is the population standard deviation. Other definitions in use:
    division by HW - 1, and the root of the *sum* of squares without division.
    """
    return float(as_gray_image(image).values.std())


def spatial_frequency(image: ImageLike, channels: str = "luminance") -> float:
    """SF: root of the mean squared row and column differences.

    ``SF = sqrt(RF^2 + CF^2)``, RF^2 the mean of squared differences between horizontal
    neighbours, CF^2 between vertical ones, each over the differences that exist.

    Range [0, 255 sqrt(2)] gray levels; higher means more detail (or noise). A direction along
    which the image measures one pixel counts 0.

    Source: Eskicioglu, Fisher, "Image quality measures and their performance", IEEE Trans.
    Commun. 43(12), 1995. Other definitions in use: see ``channels``; differences taken over the
    last two axes of a colour array.

    Args:
        image: Fused image.
        channels: ``luminance``; ``pooled`` (the differences of all colour channels); or
            ``side_by_side`` (the VIFB benchmark's: channels laid side by side as one image,
            both sums divided by its number of pixels).
    """
    image = as_gray_image(image)
    values = image.values if channels == "luminance" else image.color_values
    if channels == "side_by_side":
        values = np.concatenate(list(np.moveaxis(values, 2, 0)), axis=1)
    differences = [np.diff(values, axis=axis) for axis in (0, 1)]
    energies = [
        np.vdot(d, d) / (values.size if channels == "side_by_side" else d.size) for d in differences if d.size
    ]
    return float(np.sqrt(sum(energies)))


def average_gradient(image: ImageLike, divisor: str = "interior") -> float:
    """AG: mean gradient magnitude.

    ``AG = sum sqrt((gx^2 + gy^2) / 2) / N`` with central differences inside the image and
    one-sided ones at its border.

    Range [0, 255] gray levels; higher means more detail (or noise). An image that measures one
    pixel along an axis has no gradient along it; with ``interior`` it gives 0.

    Source: Cui, Feng, Xu, Li, Chen, "Detail preserved fusion of visible and infrared images
    using regional saliency extraction and multi-scale image decomposition", Opt. Commun. 341,
    2015.

    Args:
        image: Fused image.
        divisor: ``interior`` divides by (H-1)(W-1), as the cited definition; ``pixels`` by HW.
    """
    values = as_gray_image(image).values
    height, width = values.shape
    count = height * width if divisor == "pixels" else (height - 1) * (width - 1)
    if count == 0:
        return 0.0
    # Half of [-1, 0, 1]; at the border, where it meets the edge pixel again, the whole.
    gx = cv2.Sobel(values, -1, 1, 0, ksize=1, scale=0.5, borderType=cv2.BORDER_REPLICATE)
    gy = cv2.Sobel(values, -1, 0, 1, ksize=1, scale=0.5, borderType=cv2.BORDER_REPLICATE)
    gx[:, [0, -1]] *= 2
    gy[[0, -1]] *= 2
    return float(np.sqrt(gx * gx + gy * gy).sum() / math.sqrt(2) / count)


def edge_intensity(image: ImageLike) -> float:
    """EI: mean magnitude of the 3x3 Sobel gradient (not normalised, edge pixels repeated).

    Range [0, 1443] gray levels; higher means more detail (or noise). A constant image gives 0.

    Source: Rajalingam, Priya, "Hybrid multimodality medical image fusion technique for feature
    enhancement in medical diagnosis", Int. J. Eng. Sci. Invent. 2, 2018. Other definitions in
    use: Sobel divided by 4 or 8, another border.
    """
    values = as_gray_image(image).values
    gx = cv2.Sobel(values, cv2.CV_64F, 1, 0, ksize=3, borderType=cv2.BORDER_REPLICATE)
    gy = cv2.Sobel(values, cv2.CV_64F, 0, 1, ksize=3, borderType=cv2.BORDER_REPLICATE)
    return float(np.sqrt(gx * gx + gy * gy).mean())
