"""Colour difference of images."""

import numpy as np

from .gray_image import GrayImage, ImageLike, as_gray_image, once_per_picture

_PIXELS_PER_STRIP = 1 << 14
_HALF, _TURN = np.float32(0.5), np.float32(2 * np.pi)


def ciede2000(img_a: ImageLike, fused: ImageLike) -> float:
    """CIEDE2000: mean colour difference between source A and the fused image.

    Mean over the pixels of the CIE Delta E 2000 of sRGB colours under D65. Range [0, ~120];
    lower is better, about 1 is just noticeable. A gray image counts as R = G = B.

    Source: Sharma, Wu, Dalal, "The CIEDE2000 color-difference formula", Color Res. Appl. 30(1),
    2005, as scikit-image computes it. Other definitions in use: CIE76 (Euclidean distance in
    Lab), the angle between RGB vectors.
    """
    pictures = [as_gray_image(image) for image in (img_a, fused)]
    if np.array_equal(*(np.broadcast_to(p.color_values, (*p.shape, 3)) for p in pictures)):
        # The last digits of matrix products depend on where arrays lie in memory.
        return 0.0
    colors = [_lab(picture) for picture in pictures]
    pixels = colors[0].shape[1]
    strips = (slice(start, start + _PIXELS_PER_STRIP) for start in range(0, pixels, _PIXELS_PER_STRIP))
    total = sum(
        float(_differences(*(lab[:, strip] for lab in colors)).sum(dtype=np.float64)) for strip in strips
    )
    return total / pixels


@once_per_picture
def _lab(image: GrayImage) -> np.ndarray:
    """(3, HW) CIELAB as of scikit-image's ``rgb2lab``, in a third of its time: single precision, colours as planes.

    Single precision changes the sixth digit of a difference.
    """
    from skimage.color import xyz_tristimulus_values
    from skimage.color.colorconv import xyz_from_rgb

    white = np.array(xyz_tristimulus_values(illuminant="D65", observer="2"))
    weights = (xyz_from_rgb / white[:, None]).astype(np.float32)
    pixels = image.color_values.reshape(-1, image.color_values.shape[2])
    lab = np.empty((3, len(pixels)), np.float32)
    for start in range(0, len(pixels), _PIXELS_PER_STRIP):
        strip = slice(start, start + _PIXELS_PER_STRIP)
        colors = np.ascontiguousarray(pixels[strip].T, np.float32)
        colors *= np.float32(1 / 255)
        bright = np.power((colors + np.float32(0.055)) / np.float32(1.055), np.float32(2.4))
        linear = np.where(colors > np.float32(0.04045), bright, colors / np.float32(12.92))
        x, y, z = (_root(stimulus) for stimulus in weights @ np.broadcast_to(linear, (3, linear.shape[1])))
        lab[0, strip], lab[1, strip], lab[2, strip] = 116 * y - 16, 500 * (x - y), 200 * (y - z)
    return lab


def _root(stimulus: np.ndarray) -> np.ndarray:
    near_black = np.float32(7.787) * stimulus + np.float32(16 / 116)
    return np.where(stimulus > np.float32(0.008856), np.cbrt(stimulus), near_black)


def _differences(lab_1: np.ndarray, lab_2: np.ndarray) -> np.ndarray:
    """(n,) CIEDE2000 of (3, n) colours: scikit-image's ``deltaE_ciede2000`` in an eighth of its time."""
    (lightness_1, a_1, b_1), (lightness_2, a_2, b_2) = lab_1, lab_2
    stretch = np.float32(1.5) - _HALF * _saturation((_length(a_1, b_1) + _length(a_2, b_2)) * _HALF)
    a_1, a_2 = a_1 * stretch, a_2 * stretch
    chroma_1, chroma_2 = _length(a_1, b_1), _length(a_2, b_2)
    chroma = (chroma_1 + chroma_2) * _HALF
    product = chroma_1 * chroma_2
    hue_1, hue_2 = np.arctan2(b_1, a_1), np.arctan2(b_2, a_2)
    # The other way round the circle where it is shorter; the mean hue lies on that way.
    turn = _TURN * np.rint((hue_2 - hue_1) / _TURN)
    hue = np.where(product == 0, hue_1 + hue_2, (hue_1 + hue_2 + np.abs(turn)) * _HALF)
    weight = (
        1
        - np.float32(0.17) * np.cos(hue - _radians(30))
        + np.float32(0.24) * np.cos(2 * hue)
        + np.float32(0.32) * np.cos(3 * hue + _radians(6))
        - np.float32(0.20) * np.cos(4 * hue - _radians(63))
    )
    from_50 = np.square((lightness_1 + lightness_2) * _HALF - 50)
    in_lightness = (lightness_2 - lightness_1) / (1 + np.float32(0.015) * from_50 / np.sqrt(20 + from_50))
    in_chroma = (chroma_2 - chroma_1) / (1 + np.float32(0.045) * chroma)
    in_hue = 2 * np.sqrt(product) * np.sin((hue_2 - hue_1 - turn) * _HALF)
    in_hue /= 1 + np.float32(0.015) * chroma * weight
    from_blue = hue - _radians(275)
    from_blue -= _TURN * np.rint(from_blue / _TURN)
    rotation = np.sin(_radians(60) * np.exp(-np.square(from_blue / _radians(25))))
    rotation *= 2 * _saturation(chroma) * in_chroma * in_hue
    squared = np.square(in_lightness) + np.square(in_chroma) + np.square(in_hue) - rotation
    return np.sqrt(np.maximum(squared, 0))


def _length(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.sqrt(a * a + b * b)


def _saturation(chroma: np.ndarray) -> np.ndarray:
    cube = chroma * chroma * chroma
    seventh = cube * cube * chroma
    return np.sqrt(seventh / (seventh + np.float32(25**7)))


def _radians(degrees: float) -> np.float32:
    return np.float32(np.deg2rad(degrees))
