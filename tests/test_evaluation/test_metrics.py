"""Every metric against an independent implementation, and what it says about special images."""

import math

import cv2
import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity as skimage_ssim

from mmfusion_distill.evaluation import METRICS_BY_NAME, ciede2000, compute_metrics, source_wise_metrics

from . import reference

SOURCE_WISE = source_wise_metrics(METRICS_BY_NAME)


@pytest.fixture(scope="module")
def pictures():
    return make_pictures(52, 60)


def make_pictures(height, width):
    """Smooth sources that agree in part, and a fusion with artifacts; whole gray levels."""
    rng = np.random.default_rng(3)
    noise = [cv2.GaussianBlur(rng.normal(size=(height, width)), (0, 0), 1.5) for _ in range(3)]
    common, own_a, own_b = (x / x.std() for x in noise)
    img_a = 120 + 30 * common + 15 * own_a
    img_b = 90 + 20 * common + 25 * own_b
    img_b[height // 3 : height // 2, width // 4 : width // 2] += 70
    fused = np.maximum(img_a, img_b) * 0.8 + 20 + 6 * rng.normal(size=img_a.shape)
    return tuple(np.clip(np.rint(x), 0, 255).astype(np.uint8) for x in (img_a, img_b, fused))


def of_sources(function, total=lambda x, y: x + y):
    return lambda a, b, f: total(function(a, f), function(b, f))


def mean(x, y):
    return (x + y) / 2


REFERENCES = {
    "EN": lambda a, b, f: reference.entropy(f),
    "SD": lambda a, b, f: math.sqrt(((f - f.mean()) ** 2).mean()),
    "SF": lambda a, b, f: reference.spatial_frequency(f),
    "AG": lambda a, b, f: reference.average_gradient(f),
    "EI": lambda a, b, f: reference.edge_intensity(f),
    "CE": of_sources(reference.cross_entropy, mean),
    "MI": of_sources(reference.mutual_information),
    "NMI": of_sources(
        lambda s, f: 2 * reference.mutual_information(s, f) / (reference.entropy(s) + reference.entropy(f))
    ),
    "FMI_pixel": of_sources(reference.fmi, mean),
    "PSNR": lambda a, b, f: 10 * math.log10(255**2 / ((((a - f) ** 2).mean() + ((b - f) ** 2).mean()) / 2)),
    "MSE": of_sources(lambda s, f: ((s / 255 - f / 255) ** 2).mean(), mean),
    "RMSE": of_sources(lambda s, f: math.sqrt(((s / 255 - f / 255) ** 2).mean()), mean),
    "CC": of_sources(reference.correlation, mean),
    "SCD": reference.scd,
    "SSIM": of_sources(lambda s, f: reference.ssim_map(s, f, reference.gaussian_window(11, 1.5)).mean()),
    "VIF": of_sources(reference.vif),
    "VIFF": reference.viff,
    "Qabf": reference.qabf,
    "Labf": lambda a, b, f: reference.petrovic(a, b, f)[0],
    "Nabf": lambda a, b, f: reference.petrovic(a, b, f)[1],
    "Qcv": reference.qcv,
    "Qcb": reference.qcb,
    "Qp": reference.qp,
    "QM": reference.qm,
    "QS": reference.qs,
    "QY": reference.qy,
}


@pytest.mark.parametrize("name", REFERENCES)
def test_value_of_an_independent_implementation(name, pictures):
    expected = REFERENCES[name](*(picture.astype(np.float64) for picture in pictures))
    assert compute_metrics(*pictures, metrics=[name])[name] == pytest.approx(expected, rel=1e-5)


def test_odd_sizes_of_frequency_domain_metrics():
    pictures = make_pictures(49, 55)
    floats = [picture.astype(np.float64) for picture in pictures]
    scores = compute_metrics(*pictures, metrics=["Qcv", "Qcb", "Qp"])
    expected = {"Qcv": reference.qcv, "Qcb": reference.qcb, "Qp": reference.qp}
    for name, function in expected.items():
        assert scores[name] == pytest.approx(function(*floats), rel=1e-5), name


def test_multiscale_ssim_of_an_independent_implementation():
    pictures = make_pictures(176, 192)
    img_a, _, fused = (picture.astype(np.float64) for picture in pictures)
    score = compute_metrics(*pictures, metrics=["MS-SSIM_A"])["MS-SSIM_A"]
    assert score == pytest.approx(reference.multiscale_ssim(img_a, fused), rel=1e-6)


def test_ssim_of_scikit_image(pictures):
    img_a, _, fused = pictures
    gaussian = skimage_ssim(
        img_a, fused, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    uniform = skimage_ssim(img_a, fused, data_range=2.0)
    assert compute_metrics(*pictures, ["SSIM_A"])["SSIM_A"] == pytest.approx(gaussian, rel=1e-9)
    of_cddfuse = compute_metrics(*pictures, ["SSIM_A"], protocol="cddfuse")["SSIM_A"]
    assert of_cddfuse == pytest.approx(uniform, rel=1e-9)


def test_colour_difference_of_scikit_image():
    rng = np.random.default_rng(0)
    colors = rng.integers(0, 256, (2, 24, 24, 3), dtype=np.uint8)
    colors[1, :8] = colors[1, :8, :, :1]  # grays have no hue
    colors[1, 8:12] = 255 - colors[0, 8:12]  # opposite hues
    expected = deltaE_ciede2000(*(rgb2lab(color / 255) for color in colors)).mean()
    assert ciede2000(*colors) == pytest.approx(expected, rel=1e-5)


def test_feature_mutual_information_of_features(pictures):
    img_a, _, fused = (picture.astype(np.float64) for picture in pictures)
    gradients = [np.gradient(picture, axis=1) for picture in (img_a, fused)]
    score = compute_metrics(*pictures, ["FMI_gradient_A"])["FMI_gradient_A"]
    assert score == pytest.approx(reference.fmi(*gradients), rel=1e-5)


PERFECT = {
    **dict.fromkeys(["CE", "MSE", "RMSE", "Qcv"], 0.0),
    **dict.fromkeys(["NMI", "CC", "SSIM", "MS-SSIM", "VIF", "VIFF", "Qcb", "QS", "QY"], 1.0),
    **dict.fromkeys([f"FMI_{f}" for f in ("pixel", "gradient", "dct", "wavelet")], 1.0),
    "QM": 3.0,
}


@pytest.mark.parametrize("name", PERFECT)
def test_a_copy_is_perfect_towards_its_own_source(name, pictures):
    img_a, img_b, _ = pictures
    scores = compute_metrics(img_a, img_b, img_a, [f"{name}_A", f"{name}_B", f"{name}_balanced"])
    assert scores[f"{name}_A"] == pytest.approx(PERFECT[name], abs=1e-9)
    assert scores[f"{name}_balanced"] == scores[f"{name}_B"] != scores[f"{name}_A"]


@pytest.mark.parametrize("name", SOURCE_WISE)
def test_swapping_the_sources_swaps_the_per_source_values(name, pictures):
    img_a, img_b, fused = pictures
    keys = [name, f"{name}_A", f"{name}_B", f"{name}_balanced"]
    score, of_a, of_b, balanced = compute_metrics(img_a, img_b, fused, keys).values()
    swapped = list(compute_metrics(img_b, img_a, fused, keys).values())
    assert swapped == pytest.approx([score, of_b, of_a, balanced], rel=1e-9)


WEIGHTED_MEANS = ["Qabf", "Nabf", "Labf", "Qcv", "Qcb", "QS"]


@pytest.mark.parametrize("name", WEIGHTED_MEANS)
def test_a_weighted_mean_lies_between_its_per_source_values(name, pictures):
    score, of_a, of_b = compute_metrics(*pictures, [name, f"{name}_A", f"{name}_B"]).values()
    assert min(of_a, of_b) <= score <= max(of_a, of_b)


DEGENERATE = {
    "all constant and equal": (90, 90, 90),
    "all black": (0, 0, 0),
    "constant fusion of structured sources": ("x", "y", 128),
    "black infrared": ("x", 0, "x"),
    "white visible": (255, "y", "y"),
    "copy": ("x", "y", "x"),
    "inverted": ("x", "y", "-x"),
}


@pytest.mark.parametrize("case", DEGENERATE)
@pytest.mark.parametrize("size", [(48, 44), (5, 7), (1, 1), (1, 30)])
@pytest.mark.filterwarnings("error")
def test_no_picture_gives_nan_or_a_warning(case, size):
    rng = np.random.default_rng(1)
    structured = {name: rng.integers(0, 256, size, dtype=np.uint8) for name in ("x", "y")}
    structured["-x"] = 255 - structured["x"]
    pictures = [
        structured[value] if isinstance(value, str) else np.full(size, value, np.uint8)
        for value in DEGENERATE[case]
    ]
    keys = [*METRICS_BY_NAME, *(f"{name}_balanced" for name in SOURCE_WISE)]
    scores = compute_metrics(*pictures, metrics=keys)
    assert all(math.isfinite(value) for value in scores.values())


def test_documented_values_where_a_definition_is_undefined():
    x = np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)
    flat = np.zeros_like(x)
    # A source without information cannot lose any, whatever its level.
    gray = np.full_like(x, 77)
    assert compute_metrics(x, gray, x, ["VIF_B", "VIFF_B", "Qp_B"]) == pytest.approx(
        {"VIF_B": 1, "VIFF_B": 1, "Qp_B": 1}
    )
    nothing_to_lose = compute_metrics(x, flat, x, ["VIF_B", "Qabf_B", "VIFF_B", "Qp_B"])
    assert list(nothing_to_lose.values()) == pytest.approx([1, 1, 1, 1])
    # Correlation with a constant does not exist.
    assert compute_metrics(x, flat, x, ["CC_B", "SCD_B"]) == {"CC_B": 0.0, "SCD_B": 0.0}
    # F equal to B adds nothing to B.
    assert compute_metrics(x, 255 - x, 255 - x, ["SCD_A"]) == {"SCD_A": 0.0}
    # A perfect copy counts as one gray level in one pixel.
    best = 10 * math.log10(255**2 * x.size)
    assert compute_metrics(x, x, x, ["PSNR"])["PSNR"] == pytest.approx(best)
    assert compute_metrics(flat, flat, flat, ["NMI", "Qabf", "QM"]) == {
        "NMI": 2.0,
        "Qabf": 1.0,
        "QM": pytest.approx(3.0),
    }


def test_hand_computed_values():
    fused = np.array([[0, 0, 255], [0, 255, 255]], np.uint8)
    zeros = np.zeros_like(fused)
    scores = compute_metrics(zeros, fused, fused, ["EN", "SD", "SF", "AG", "MI", "MSE", "RMSE_A"])
    assert scores == pytest.approx(
        {
            "EN": 1.0,  # two levels, three pixels each
            "SD": 127.5,
            "SF": 255 * math.sqrt(2 / 4 + 1 / 3),  # 2 of 4 row steps, 1 of 3 column steps
            "AG": _hand_average_gradient(),
            "MI": 1.0,  # one bit with B, none with constant A
            "MSE": 0.25,
            "RMSE_A": math.sqrt(0.5),
        }
    )


def _hand_average_gradient():
    gx = np.array([[0, 127.5, 255], [255, 127.5, 0]])
    gy = np.array([[0, 255, 0], [0, 255, 0]])
    return np.sqrt((gx**2 + gy**2) / 2).sum() / 2
