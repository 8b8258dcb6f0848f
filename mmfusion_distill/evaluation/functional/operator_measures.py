"""What an operator looks for in a fused image, and the eight usual measures do not tell.

Images are (H, W) or (H, W, 3) RGB. A measure is NaN where the scene has nothing to tell it by, so means over scenes
have to leave NaN out.
"""

import cv2
import numpy as np

from .gray_image import ImageLike, as_gray_image

#: Keys of :func:`operator_measures` and what is wanted of each.
OPERATOR_MEASURES = {
    "glare": "share of B's local contrast that is kept where A is blown out; 1 is all of it",
    "darkness": "the same where A is black; 1 is all of it",
    "chroma": "CIELAB chroma beside A's where the result is brighter by 25 levels; at most 1",
    "hot_detail": "share of A's fine contrast that is kept inside hot objects; 1 is all of it",
    "hot_contrast": "contrast of hot objects to their surroundings beside B's; 1 is as in B",
    "tracer_detail": "share of B's fine contrast that is kept where A is bright in a slice; 1 is all of it",
    "false_slopes": "coarse slopes that no source has beside those they have: rings; 0 is none",
    "cold_sky": "gray levels by which detail differs from A's where A is bright and smooth and B cold; 0 is none",
    "dark_sky": "gray levels by which the image is darker than A where A is bright and smooth and B cold; 0 is none",
}

_DISC = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (9, 9))
#: Pixels from which on a place tells something.
_FEW = 200


def operator_measures(img_a: ImageLike, img_b: ImageLike, fused: ImageLike) -> dict[str, float]:
    """All measures of :data:`OPERATOR_MEASURES` by name.

    Args:
        img_a: Source A.
        img_b: Source B.
        fused: Fused image, of the same size.

    Returns:
        Values, NaN where the scene has no glare, no hot object, and so on.
    """
    images = [as_gray_image(image) for image in (img_a, img_b, fused)]
    a, b, f = (image.values.astype(np.float32) for image in images)
    hot = _opened(b > b.mean() + 1.5 * b.std())
    return {
        "glare": _kept_of_b(b, f, _opened(a >= 250)),
        "darkness": _kept_of_b(b, f, _opened(a <= 5)),
        "chroma": _chroma(images[0].color_values, images[2].color_values, f - a),
        "hot_detail": _hot_detail(a, f, hot),
        "hot_contrast": _hot_contrast(b, f, hot),
        "tracer_detail": _tracer_detail(a, b, f),
        "false_slopes": _false_slopes(a, b, f),
        "cold_sky": _cold_sky(a, b, f),
        "dark_sky": _dark_sky(a, b, f),
    }


def _blur(image: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)


def _opened(mask: np.ndarray) -> np.ndarray:
    """A mask without what is narrower than 9 pixels."""
    return cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, _DISC) > 0


def _slope(fused: np.ndarray, source: np.ndarray, where: np.ndarray) -> float:
    """Slope of the fused image's high-pass on a source's, NaN where there is too little to tell."""
    ours, theirs = fused[where].astype(np.float64), source[where].astype(np.float64)
    power = float(theirs @ theirs)
    return float(ours @ theirs) / power if len(theirs) >= _FEW and power > len(theirs) else float("nan")


def _kept_of_b(b: np.ndarray, f: np.ndarray, clipped: np.ndarray) -> float:
    """B's contrast finer than 12 pixels where A is clipped over more than an edge and B has 4 levels of it."""
    high_b, high_f = b - _blur(b, 12), f - _blur(f, 12)
    return _slope(high_f, high_b, clipped & (_blur(np.abs(high_b), 4) > 4))


def _chroma(a: np.ndarray, f: np.ndarray, brighter: np.ndarray) -> float:
    where = brighter >= 25
    if a.shape[2] != 3 or f.shape[2] != 3 or where.sum() < _FEW:
        return float("nan")
    chroma = []
    for image in (a, f):
        lab = cv2.cvtColor((image / 255).astype(np.float32), cv2.COLOR_RGB2LAB)
        chroma.append(float(np.hypot(lab[..., 1], lab[..., 2])[where].mean()))
    return chroma[1] / chroma[0] if chroma[0] > 2 else float("nan")


def _hot_detail(a: np.ndarray, f: np.ndarray, hot: np.ndarray) -> float:
    """Inside what is hot in B, without its border, where A is not blown out; what is finer than 3 pixels."""
    return _slope(f - _blur(f, 3), a - _blur(a, 3), _inside(hot) & (a < 250))


def _tracer_detail(a: np.ndarray, b: np.ndarray, f: np.ndarray) -> float:
    """Inside what is bright in A, without its border, in slices, which lie on a black ground; finer than 3 pixels."""
    if (np.maximum(a, b) < 8).mean() < 0.1:
        return float("nan")
    return _slope(f - _blur(f, 3), b - _blur(b, 3), _inside(_opened(a > a.mean() + a.std())))


def _inside(mask: np.ndarray) -> np.ndarray:
    return cv2.erode(mask.astype(np.uint8), _DISC) > 0


def _hot_contrast(b: np.ndarray, f: np.ndarray, hot: np.ndarray) -> float:
    """Mean level of hot objects above that of a ring from 5 to 20 pixels around them, beside the same in B."""
    near, far = (cv2.dilate(hot.astype(np.uint8), np.ones((size, size), np.uint8)) > 0 for size in (9, 41))
    ring = far & ~near
    if min(hot.sum(), ring.sum()) < _FEW:
        return float("nan")
    contrasts = [float(image[hot].mean() - image[ring].mean()) for image in (f, b)]
    return contrasts[0] / max(contrasts[1], 1.0)


def _false_slopes(a: np.ndarray, b: np.ndarray, f: np.ndarray) -> float:
    """Slopes of images blurred by 8 pixels outside what those of A, of B and of none span."""
    outside, spanned = 0.0, 0.0
    for axis in (0, 1):
        if a.shape[axis] < 2:
            continue
        slope_a, slope_b, slope = (np.diff(_blur(image, 8), axis=axis) for image in (a, b, f))
        highest = np.maximum(np.maximum(slope_a, slope_b), 0)
        lowest = np.minimum(np.minimum(slope_a, slope_b), 0)
        outside += float((np.maximum(slope - highest, 0) + np.maximum(lowest - slope, 0)).sum())
        spanned += float((highest - lowest).sum())
    return outside / spanned if spanned > 1 else float("nan")


def _cold_sky(a: np.ndarray, b: np.ndarray, f: np.ndarray) -> float:
    """A above 150; detail is what is finer than 8 pixels."""
    where = _sky(a, b, lowest=150)
    if where.sum() < _FEW:
        return float("nan")
    return float(np.abs((f - _blur(f, 8)) - (a - _blur(a, 8)))[where].mean())


def _dark_sky(a: np.ndarray, b: np.ndarray, f: np.ndarray) -> float:
    """A above 80; what is coarser than 8 pixels."""
    where = _sky(a, b, lowest=80)
    if where.sum() < _FEW:
        return float("nan")
    return float(np.maximum(_blur(a, 8) - _blur(f, 8), 0)[where].mean())


def _sky(a: np.ndarray, b: np.ndarray, lowest: float) -> np.ndarray:
    """Where A is above a level, not blown out and smooth within 4 pixels, and B is below its mean."""
    smooth = _blur(np.abs(a - _blur(a, 4)), 6) < 2.5
    return _opened((a > lowest) & (a < 248) & smooth & (_blur(b, 6) < b.mean()))
