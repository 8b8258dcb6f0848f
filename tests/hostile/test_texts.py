"""Every door that reads texts, with every file of the table."""

import re

import pytest

from hostile.texts import CASES
from mmfusion_distill.annotation.annotation_file import read_annotation
from mmfusion_distill.annotation.annotation_types import AnnotationError
from mmfusion_distill.images.image_files import PairingError, read_name_list


def annotation(path):
    try:
        assert read_annotation(path).events
    except (AnnotationError, OSError) as error:
        return str(error)


def name_list(path):
    try:
        assert read_name_list(path)
    except PairingError as error:
        return str(error)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@pytest.mark.parametrize("door", (annotation, name_list), ids=lambda door: door.__name__)
def test_a_text_is_read_or_refused_in_one_sentence(case, door, tmp_path):
    path = tmp_path / "text.txt"
    case.make(path)
    said = door(path)
    expected = case.annotation_says if door is annotation else case.list_says
    if expected is None:
        assert said is None, said[:200]
        return
    assert said is not None, "was accepted"
    assert str(path) in said and "\n" not in said and len(said) < 1000
    assert re.search(expected, said), said
