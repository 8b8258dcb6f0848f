"""The annotator without a model: names what is there, stays silent otherwise, never fails."""

import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmfusion_distill.analysis.annotation_accuracy import measure_recall
from mmfusion_distill.annotation.annotators import image_statistics as stats
from mmfusion_distill.annotation.annotators.statistics_annotator import StatisticsAnnotator
from mmfusion_distill.annotation.event_types import MODALITIES
from mmfusion_distill.data.degradations.degradations import (
    INFRARED_VISIBLE_DEGRADATIONS,
    MEDICAL_DEGRADATIONS,
    add_noise,
    add_stripes,
    blur_by_motion,
)
from mmfusion_distill.images.pairing import find_pairs


def scene(seed, size=(192, 256)):
    """An image (H, W, 1) whose spectrum falls like that of photographs, 20 to 235."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(np.fft.fftfreq(size[0])[:, None], np.fft.fftfreq(size[1])[None, :])
    frequency[0, 0] = 1
    picture = np.fft.ifft2(np.fft.fft2(rng.normal(size=size)) / frequency**1.6).real
    picture = cv2.GaussianBlur(picture, (0, 0), 0.7)  # the lens
    low, high = np.percentile(picture, (1, 99))
    return np.clip((picture - low) / (high - low) * 215 + 20, 0, 255)[..., None]


def scene_by_day(gamma):
    """An image of medium or high brightness, most of it in the sky."""
    sky = np.linspace(1.25, 0.85, 192)[:, None, None]
    return np.clip(255 * (scene(0) / 255) ** gamma * sky, 0, 245)


@pytest.fixture
def clean():
    bright = scene_by_day(0.55)
    return np.concatenate([bright * factor for factor in (0.97, 0.94, 0.9)], axis=2), scene(1)


def test_a_clean_pair_is_normal_and_says_so(clean):
    annotation = StatisticsAnnotator().annotate_arrays(*clean)
    assert annotation.event_types == ("normal",)
    assert annotation.events[0].description.startswith("No strong degradation was found. The first image is ")
    assert (annotation.annotator, annotation.model) == ("StatisticsAnnotator", "rules-3")


@pytest.fixture
def head():
    """Two slices of one head: an ellipse with tissue in it."""
    rows, columns = np.mgrid[-1:1:256j, -1:1:256j]
    inside = ((rows / 0.8) ** 2 + (columns / 0.6) ** 2 < 1)[..., None]
    return inside * (120 + 0.4 * scene(0, (256, 256))), inside * (60 + 0.7 * scene(1, (256, 256)))


def test_a_clean_medical_pair_is_medical_normal(head):
    assert StatisticsAnnotator().annotate_arrays(*head, "medical").event_types == ("medical_normal",)


@pytest.mark.parametrize("event", MEDICAL_DEGRADATIONS)
def test_each_medical_degradation_is_named(head, event):
    source, degrade = MEDICAL_DEGRADATIONS[event]
    pair = list(head)
    pair[source] = degrade(pair[source], np.random.default_rng(0))
    assert StatisticsAnnotator().annotate_arrays(*pair, "medical").event_types == (event,)


@pytest.mark.parametrize("event", INFRARED_VISIBLE_DEGRADATIONS)
def test_each_degradation_is_named(clean, event):
    source, degrade = INFRARED_VISIBLE_DEGRADATIONS[event]
    pair = list(clean)
    pair[source] = degrade(pair[source], np.random.default_rng(0))
    assert StatisticsAnnotator().annotate_arrays(*pair).event_types == (event,)


def test_the_description_gives_the_measured_figure_and_the_place():
    dark = np.full((96, 96, 3), 40.0)
    dark[:32, :32] = 2
    (event, *_) = StatisticsAnnotator().annotate_arrays(dark, scene(1)).events
    assert event.type == "low_light"
    assert "mean brightness 36 of 255" in event.description
    assert "11% of its pixels nearly black" in event.description
    assert "upper left" in event.description


def test_pairs_without_degradation_differ_in_their_text():
    pictures = scene_by_day(0.6), scene_by_day(0.4)
    texts = [StatisticsAnnotator().annotate_arrays(img_a, scene(1)).text for img_a in pictures]
    assert "first image is of medium brightness" in texts[0]
    assert "first image is bright" in texts[1]


def test_thresholds_are_arguments(clean):
    strict = StatisticsAnnotator(thresholds=dict(dark_mean=256), medical_thresholds=dict(contrast=256))
    assert "low_light" in strict.annotate_arrays(*clean).event_types
    assert "contrast_enhancement" in strict.annotate_arrays(*clean, "medical").event_types


@given(
    shape=st.tuples(st.integers(1, 80), st.integers(1, 80)),
    channels=st.sampled_from([1, 3]),
    content=st.sampled_from([0.0, 255.0, np.nan, np.inf, None]),
    modality=st.sampled_from(MODALITIES),
)
@settings(deadline=None, max_examples=60)
def test_no_picture_makes_it_fail(shape, channels, content, modality):
    rng = np.random.default_rng(0)
    img_a, img_b = (
        rng.uniform(0, 255, (*shape, c)) if content is None else np.full((*shape, c), content)
        for c in (channels, 1)
    )
    assert StatisticsAnnotator().annotate_arrays(img_a, img_b, modality).events


def test_a_damaged_file_is_a_failure_of_its_pair_only(pair_folder):
    pairs, _ = find_pairs(pair_folder / "a", pair_folder / "b")
    pairs[0].path_a.write_bytes(b"no image")
    results = list(StatisticsAnnotator(workers=2).annotate(pairs))
    (failed,) = [result for result in results if result.annotation is None]
    assert len(results) == 6
    assert failed.pair == pairs[0]
    assert "pair_0.png is damaged" in failed.error


@pytest.mark.parametrize("sigma", [5, 15, 30])
def test_noise_is_measured_in_gray_values(sigma):
    noisy = 128 + np.random.default_rng(0).normal(0, sigma, (256, 256)).astype(np.float32)
    assert stats.noise_sigma(noisy) == pytest.approx(sigma, rel=0.1)


def test_stripes_are_no_noise_and_noise_is_no_stripes():
    flat = np.full((200, 200, 1), 128.0)
    striped = stats.luminance(add_stripes(flat, np.random.default_rng(0)))
    noisy = stats.luminance(add_noise(flat, np.random.default_rng(0)))
    assert max(stats.stripe_strength(striped)) > 8
    assert stats.noise_sigma(striped) < 0.1
    assert max(stats.stripe_strength(noisy)) < 5


def test_the_direction_of_motion_is_found():
    picture = scene(3)
    kernel_row = np.stack([np.roll(picture[..., 0], shift, axis=1) for shift in range(15)]).mean(axis=0)
    peak, detail, angle = stats.directional_blur(kernel_row.astype(np.float32))
    assert angle == 0
    assert stats.directional_blur(kernel_row.T.astype(np.float32))[2] == 90
    assert peak > stats.directional_blur(stats.luminance(picture))[0]
    assert detail < stats.directional_blur(stats.luminance(picture))[1]
    assert blur_by_motion(picture, np.random.default_rng(0)).shape == picture.shape


@pytest.mark.skipif(
    not os.environ.get("MMFUSION_DATA_ROOT"), reason="needs real pairs: set MMFUSION_DATA_ROOT"
)
@pytest.mark.parametrize(
    ("folder_a", "folder_b", "modality", "every"),
    [
        ("RoadScene/crop_LR_visible", "RoadScene/cropinfrared", "infrared-visible", 29),
        ("Harvard/CT-MRI/train/CT", "Harvard/CT-MRI/train/MRI", "medical", 13),
        ("Harvard/PET-MRI/train/PET", "Harvard/PET-MRI/train/MRI", "medical", 20),
        ("Harvard/SPECT-MRI/train/SPECT", "Harvard/SPECT-MRI/train/MRI", "medical", 28),
    ],
)
def test_recall_and_false_alarms_on_real_pairs(folder_a, folder_b, modality, every):
    root = Path(os.environ["MMFUSION_DATA_ROOT"])
    pairs, _ = find_pairs(root / folder_a, root / folder_b)
    for row in measure_recall(StatisticsAnnotator(), pairs[::every], modality):
        assert row.recall >= 0.8, row  # few pairs: one may be missed
        # These are often there before anything is degraded, as a vision-language model says too.
        if row.event not in ("low_light", "over_exposure", "haze"):
            assert row.false_alarms <= 0.1, row
