"""Numbers agree with their nouns."""

import pytest

from mmfusion_distill.images.source_notes import _SENTENCES, HOT_PIXELS, write_notes
from mmfusion_distill.system.number_range import counted, numbered


def test_numbers_agree_with_their_nouns():
    assert [counted(n, "image") for n in (0, 1, 1200)] == ["0 images", "1 image", "1,200 images"]
    assert counted(2, "process", "processes") == "2 processes"
    assert numbered("[pair is|pairs are] fused, [it|they] fit", 1) == "pair is fused, it fit"
    assert numbered("[pair is|pairs are] fused, [it|they] fit", 2) == "pairs are fused, they fit"


@pytest.mark.parametrize("sentence", _SENTENCES)
def test_notes_do_too(sentence):
    one, two = (write_notes([{sentence: names}])[0] for names in (["a"], ["a", "b"]))
    assert one.startswith(("1 pair ", "1 image ", "1 radiometric JPEG ")) and "|" not in one
    assert two.startswith(("2 pairs ", "2 images ", "2 radiometric JPEGs ")) and "|" not in two


def test_a_note_in_full():
    assert write_notes([{HOT_PIXELS: ["x (1)"]}]) == [
        "1 image of source B has hot pixels, single ones far above all their neighbours: x (1)"
    ]
