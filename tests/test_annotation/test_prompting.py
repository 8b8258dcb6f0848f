"""What models are shown and asked."""

import base64

import cv2
import numpy as np
import pytest

from mmfusion_distill.annotation.annotation_parser import parse_annotation
from mmfusion_distill.annotation.annotators.statistics_annotator import StatisticsAnnotator
from mmfusion_distill.annotation.event_types import MODALITIES, is_known_event
from mmfusion_distill.annotation.prompting import load_pictures, load_prompt
from mmfusion_distill.images.pairing import find_pairs
from mmfusion_distill.images.pixels import data_url


@pytest.mark.parametrize("modality", MODALITIES)
def test_the_example_in_a_prompt_is_an_annotation_of_known_events(modality):
    prompt = load_prompt(modality)
    assert prompt.version == f"{modality}_v1"
    annotation = parse_annotation(prompt.text)
    assert len(annotation.events) == 2
    assert all(is_known_event(event) for event in annotation.event_types)


def test_an_unknown_version_lists_the_known_ones():
    with pytest.raises(ValueError, match="no prompt version 'v9' for medical: there are v1"):
        load_prompt("medical", "v9")


def test_pictures_are_shrunk_to_the_cap_and_joined_in_the_montage(pair_folder):
    pair = find_pairs(pair_folder / "a", pair_folder / "b")[0][0]  # 72 x 80
    img_a, img_b, both = load_pictures(pair, max_size=40, montage=True)
    assert img_a.shape == img_b.shape == (36, 40, 3)
    assert both.shape == (18, 40, 3)
    assert img_a.dtype == np.uint8
    assert [picture.shape for picture in load_pictures(pair, max_size=500)] == [(72, 80, 3)] * 2


def test_raw_counts_of_a_thermal_camera_are_shown_as_the_network_sees_them(pair_folder):
    counts = np.linspace(29_000, 31_000, 72 * 80).reshape(72, 80).astype(np.uint16)
    cv2.imwrite(str(pair_folder / "b" / "pair_0.png"), counts)
    pair = find_pairs(pair_folder / "a", pair_folder / "b")[0][0]
    shown = load_pictures(pair, max_size=80)[1]
    assert shown.min() == 0 and shown.max() == 255
    # measured likewise: an image that fills the range is not one of low contrast
    (result,) = StatisticsAnnotator().annotate([pair])
    assert "ir_low_contrast" not in result.annotation.event_types


def test_a_data_url_holds_the_picture_in_its_colours():
    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 255
    head, data = data_url(red).split(",")
    assert head == "data:image/jpeg;base64"
    decoded = cv2.imdecode(np.frombuffer(base64.b64decode(data), np.uint8), cv2.IMREAD_COLOR)
    assert decoded[0, 0, 2] > 240  # OpenCV's order is BGR
    assert decoded[0, 0, 0] < 15
