"""The batched form gives the values of the array form, picture by picture."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from mmfusion_distill.evaluation import (
    BATCHED_METRICS,
    METRICS_BY_NAME,
    compute_metrics,
    compute_metrics_batched,
)

KEYS = [
    *BATCHED_METRICS,
    *(
        f"{name}_{form}"
        for name in BATCHED_METRICS
        if METRICS_BY_NAME[name].per_source
        for form in ("A", "B", "balanced")
    ),
    "quality",
    "balanced_quality",
]
KINDS = ("noise", "constant", "black", "saturated", "copy of A", "ramp")


def make_picture(kind, channels, height, width, rng, img_a=None):
    shape = (channels, height, width)
    if kind == "copy of A":
        return img_a.copy() if img_a is not None else np.full(shape, 90, np.uint8)
    if kind == "ramp":
        return np.broadcast_to(np.linspace(0, 255, width).astype(np.uint8), shape).copy()
    if kind == "saturated":
        return np.where(rng.random(shape) < 0.5, 255, 0).astype(np.uint8)
    levels = dict(constant=(77, 78), black=(0, 1), noise=(0, 256))[kind]
    return rng.integers(*levels, size=shape).astype(np.uint8)


def to_arrays(batch):
    return [image.transpose(1, 2, 0) for image in batch]


def assert_equal_to_the_array_form(triples, data_range=None):
    batches = [torch.from_numpy(np.stack(images)) for images in zip(*triples)]
    result = compute_metrics_batched(*batches, metrics=KEYS)
    assert list(result) == KEYS
    for index, triple in enumerate(triples):
        expected = compute_metrics(*to_arrays(triple), metrics=KEYS, data_range=data_range)
        actual = {key: float(values[index]) for key, values in result.items()}
        assert actual == pytest.approx(expected, rel=1e-4, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    size=st.tuples(st.integers(1, 48), st.integers(1, 48)),
    kinds=st.tuples(*[st.sampled_from(KINDS)] * 3),
    channels=st.tuples(*[st.sampled_from((1, 3))] * 2),
    seed=st.integers(0, 99),
)
def test_values_of_the_array_form(size, kinds, channels, seed):
    rng = np.random.default_rng(seed)
    triples = []
    for kind_f in (kinds[2], "noise"):
        img_a = make_picture(kinds[0], channels[0], *size, rng)
        img_b = make_picture(kinds[1], 1, *size, rng)
        copied = img_a if channels[0] == channels[1] else None
        triples.append((img_a, img_b, make_picture(kind_f, channels[1], *size, rng, copied)))
    assert_equal_to_the_array_form(triples)


def test_values_of_the_array_form_for_float_pictures():
    rng = np.random.default_rng(0)
    triple = tuple(rng.uniform(0, 255, (channels, 44, 50)) for channels in (3, 1, 3))
    assert_equal_to_the_array_form([triple, triple], data_range=255.0)


def test_luminance_is_rounded_as_in_the_array_form():
    colors = np.stack(np.meshgrid(*[np.arange(0, 256, 5)] * 3), axis=0).reshape(3, 52, -1).astype(np.uint8)
    batch = torch.from_numpy(colors)[None]
    array = colors.transpose(1, 2, 0)
    keys = ["EN", "MSE", "SSIM"]
    gray = torch.zeros_like(batch[:, :1])
    expected = compute_metrics(array, np.zeros(array.shape[:2], np.uint8), array, metrics=keys)
    actual = compute_metrics_batched(batch, gray, batch, keys)
    assert {key: value.item() for key, value in actual.items()} == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (dict(metrics=["Qcv"]), "Qcv: no batched form"),
        (dict(metrics=["SIM"]), "No metric 'SIM'"),
        (dict(fused=torch.zeros(2, 1, 8, 7)), "different sizes"),
        (dict(fused=torch.zeros(1, 1, 8, 8)), "different sizes"),
        (dict(img_a=torch.zeros(2, 4, 8, 8)), "1 or 3, H, W"),
        (dict(img_b=torch.full((2, 1, 8, 8), float("nan"))), "finite and between 0 and 255"),
        (dict(img_b=torch.full((2, 1, 8, 8), 300.0)), "finite and between 0 and 255"),
    ],
)
def test_what_cannot_be_scored_is_said(change, message):
    arguments = dict(
        img_a=torch.zeros(2, 3, 8, 8), img_b=torch.zeros(2, 1, 8, 8), fused=torch.zeros(2, 1, 8, 8)
    )
    with pytest.raises(ValueError, match=message):
        compute_metrics_batched(**{**arguments, **change})
