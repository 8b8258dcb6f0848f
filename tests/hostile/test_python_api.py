"""What Python programs hand over: images of every usual kind, and things that are none."""

import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.data.transforms import LoadImagePair
from mmfusion_distill.images.image_io import read_image
from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.inference.exported_inferencer import ExportedInferencer
from mmfusion_distill.registration.pair_reader import PairReader

RNG = np.random.default_rng(3)
COLOR = RNG.integers(0, 256, (24, 20, 3), np.uint8)
GRAY = RNG.integers(0, 256, (24, 20), np.uint8)


def turned():
    """A JPEG whose camera noted that it was held on its side."""
    data = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(GRAY).copy()).save(data, "JPEG", exif=exif)
    return Image.open(data)


def of_palette(transparent=False):
    image = Image.fromarray(GRAY // 64 * 64).convert("P")
    if transparent:
        image.info["transparency"] = 0
    return image


def cut_off():
    data = io.BytesIO()
    Image.fromarray(COLOR).save(data, "PNG")
    return Image.open(io.BytesIO(data.getvalue()[:400]))


#: name, what is handed over, what is read: (H, W, 1 or 3) in [0, 255]
PICTURES = (
    ("array of colour", COLOR, COLOR),
    ("array of floats", COLOR / 255, COLOR),
    ("array of half precision", np.full((24, 20), 0.5, np.float16), np.full((24, 20), 127.5)),
    ("mask", GRAY > 99, (GRAY > 99) * 255),
    ("array that cannot be written to", np.broadcast_to(GRAY[:1], GRAY.shape), GRAY[:1].repeat(24, 0)),
    ("array turned round", COLOR[::-1, ::-1], COLOR[::-1, ::-1]),
    ("PIL of colour", Image.fromarray(COLOR), COLOR),
    ("PIL with alpha", Image.fromarray(COLOR).convert("RGBA"), COLOR),
    ("PIL of gray", Image.fromarray(GRAY), GRAY),
    ("PIL of gray with alpha", Image.fromarray(GRAY).convert("LA"), GRAY),
    ("PIL of a palette", of_palette(), GRAY // 64 * 64),
    ("PIL of a transparent palette", of_palette(transparent=True), GRAY // 64 * 64),
    ("PIL of one bit", Image.fromarray(GRAY).convert("1", dither=0), (GRAY > 127) * 255),
    ("PIL of floats", Image.fromarray((GRAY / 255).astype(np.float32)), GRAY),
    ("PIL of 16 bits", Image.fromarray(GRAY.astype(np.uint16) * 257), GRAY),
    ("PIL of 32 bits", Image.fromarray(GRAY.astype(np.int32) * 257), GRAY),
    ("PIL of print colours", Image.fromarray(COLOR).convert("CMYK"), COLOR),
    ("tensor (H, W)", torch.from_numpy(GRAY), GRAY),
    ("tensor (1, H, W) of floats", torch.from_numpy(GRAY)[None] / 255, GRAY),
    ("tensor (3, H, W)", torch.from_numpy(COLOR).permute(2, 0, 1), COLOR),
    ("tensor (3, H, W) of floats", torch.from_numpy(COLOR).permute(2, 0, 1) / 255, COLOR),
    ("tensor (4, H, W)", torch.from_numpy(COLOR)[..., [0, 1, 2, 0]].permute(2, 0, 1), COLOR),
    ("tensor (H, W, 3)", torch.from_numpy(COLOR), COLOR),
    ("tensor with a gradient", (torch.from_numpy(GRAY) / 255).requires_grad_(), GRAY),
    ("tensor of doubles", torch.from_numpy(GRAY) / torch.tensor(255, dtype=torch.float64), GRAY),
    ("tensor of bfloat16", torch.full((24, 20), 0.5, dtype=torch.bfloat16), np.full((24, 20), 127.5)),
)

#: name, what is handed over, what is said
NO_PICTURES = (
    ("nothing", None, "^None is no image: give a path, a NumPy array, a PIL image or a PyTorch tensor$"),
    ("number", 7, "a value of type int is no image"),
    ("bytes", b"a.png", "a value of type bytes is no image"),
    ("list of rows", GRAY.tolist(), "a value of type list is no image"),
    ("pair", dict(img_a=COLOR), "a value of type dict is no image"),
    ("open file", io.BytesIO(b"x"), "a value of type BytesIO is no image"),
    ("class", Image.Image, "a value of type type is no image"),
    ("no name", "", r"cannot read \. \(is a folder\)"),
    ("name with a null byte", "a\0.png", "cannot read a.*null"),
    ("name that is too long", "x" * 5000, "cannot read x.*too long"),
    ("path of nothing", Path("nothing.png"), r"cannot read nothing.png \(No such file"),
    ("array without pixels", np.empty((0, 20)), r"an array of shape \(0, 20\) is no image"),
    ("array of one axis", np.zeros(9), r"an array of shape \(9,\) is no image"),
    ("array of no axis", np.array(1.0), r"an array of shape \(\) is no image"),
    ("array of four axes", np.zeros((1, 3, 24, 20)), "an array of shape .* is no image"),
    ("array of five channels", np.zeros((24, 20, 5)), "an array of shape .* is no image"),
    ("array of text", np.full((24, 20), "x"), "an array holds <U1, which are no pixels"),
    ("array of objects", np.full((24, 20), None), "an array holds object, which are no pixels"),
    ("array of complex numbers", np.zeros((24, 20), complex), "an array holds complex128"),
    ("array of not a number", np.full((24, 20), np.nan), "an array holds float64 values from nan"),
    ("PIL cut off", cut_off(), "a PIL image cannot be decoded|cannot be decoded"),
    (
        "tensor without data",
        torch.empty(3, 24, 20, device="meta"),
        "a tensor of torch.float32 cannot be used",
    ),
    ("tensor of a batch", torch.zeros(1, 3, 24, 20), r"a tensor of shape \(1, 3, 24, 20\) is no image"),
    ("tensor of no axis", torch.tensor(3), r"a tensor of shape \(\) is no image"),
    ("tensor without pixels", torch.zeros(3, 0, 20), "a tensor of shape .* is no image"),
)
#: Values of which nothing says what is black and white: source B is stretched, source A refused.
RAW_VALUES = (
    ("array of large integers", COLOR.astype(np.int64), "an array holds int64 values from"),
    ("array beyond 1", GRAY.astype(float), "an array holds float64 values from"),
    ("PIL of large integers", Image.fromarray(GRAY.astype(np.int32) * 10**6), "a PIL image holds int32"),
    ("tensor of indices", torch.zeros(24, 20, dtype=torch.int64) + 300, "a tensor holds int64"),
    ("tensor beyond 1", torch.full((24, 20), 200.0), "a tensor holds float32 values from 200"),
)


@pytest.fixture(scope="module")
def tiny():
    return FusionInferencer(weights="tiny", device="cpu")


@pytest.mark.parametrize("case", PICTURES, ids=lambda case: case[0])
def test_a_picture_in_memory_is_read(case):
    _, given, expected = case
    expected = expected if expected.ndim == 3 else expected[:, :, None]
    assert np.abs(read_image(given) - expected).max() < 1.01


def test_a_picture_of_pil_is_turned_as_its_file_is(tmp_path):
    image = turned()
    (tmp_path / "turned.jpg").write_bytes(image.fp.getvalue())
    assert read_image(image).shape == (24, 20, 1)
    assert np.abs(read_image(image) - read_image(tmp_path / "turned.jpg")).max() <= 2


def load(given, tiny):
    LoadImagePair()(dict(img_a_path=COLOR, img_b_path=given))


def fuse(given, tiny):
    tiny.fuse(given, GRAY)


def fuse_exported(given, tiny):
    # Reading comes before the network, which is not needed here.
    ExportedInferencer.load(
        SimpleNamespace(reader=PairReader(), guided=False), dict(img_a=COLOR, img_b=given)
    )


def read(given, tiny):
    read_image(given)


@pytest.mark.parametrize("door", [read, load, fuse, fuse_exported], ids=lambda door: door.__name__)
@pytest.mark.parametrize("case", NO_PICTURES, ids=lambda case: case[0])
def test_what_is_no_picture_is_refused_by_name(case, door, tiny):
    with pytest.raises(ImageReadError, match=case[2]) as caught:
        door(case[1], tiny)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("door", [read, fuse], ids=lambda door: door.__name__)
@pytest.mark.parametrize("case", RAW_VALUES, ids=lambda case: case[0])
def test_raw_values_are_no_source_a(case, door, tiny):
    with pytest.raises(ImageReadError, match=case[2] + ".*--a-range"):
        door(case[1], tiny)


@pytest.mark.parametrize("case", RAW_VALUES, ids=lambda case: case[0])
def test_raw_values_are_a_source_b_that_is_stretched(case):
    reader = PairReader()
    img_b = reader.read(COLOR, case[1]).img_b
    assert img_b.shape == (24, 20, 1) and 0 <= img_b.min() <= img_b.max() <= 255
    assert any("holds degrees or counts and was stretched" in note for note in reader.notes())


def test_all_forms_of_a_pair_give_one_result(tiny):
    tensors = torch.from_numpy(COLOR).permute(2, 0, 1), torch.from_numpy(GRAY)[None]
    pictures = Image.fromarray(COLOR), Image.fromarray(GRAY)
    forms = ((COLOR, GRAY), tensors, pictures, (COLOR, tensors[1] / 255))
    pairs = [dict(zip(("img_a", "img_b"), pair)) for pair in forms]
    # By batches of one size: with another, a value may be rounded to the other side of a half.
    alone = tiny.fuse(COLOR, GRAY)
    for pair in pairs:
        assert np.array_equal(tiny(pair)["predictions"][0], alone)
    first, *others = tiny(pairs, batch_size=4)["predictions"]
    for fused in others:
        assert np.array_equal(fused, first)


#: name, what the inferencer is called with, what is said
NO_PAIRS = (
    ("nothing", None, "None is no pair"),
    ("number", 3, "a value of type int is no pair"),
    ("name", "a.png", "a value of type str is no pair"),
    ("bytes", b"a.png", "a value of type bytes is no pair"),
    ("names", ["a.png", "b.png"], "a value of type str is no pair"),
    ("arrays", [COLOR, GRAY], "a value of type ndarray is no pair"),
    ("empty", {}, r"a pair lacks img_a and img_b \(it has nothing\)"),
    ("misspelt", dict(img_a=COLOR, imgb=GRAY), r"a pair lacks img_b \(it has img_a, imgb\)"),
    ("one of two", [dict(img_a=COLOR, img_b=GRAY), dict(img_a=COLOR)], "a pair lacks img_b"),
    ("none of it", dict(img_a=COLOR, img_b=None), "None is no image"),
    ("annotation that is text", dict(img_a=COLOR, img_b=GRAY, annotation="haze"), "give an Annotation"),
)


@pytest.mark.parametrize("case", NO_PAIRS, ids=lambda case: case[0])
def test_what_is_no_pair_is_refused_by_name(case, tiny):
    with pytest.raises(ValueError, match=case[2]) as caught:
        tiny(case[1])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("size", [0, -1, 1.5, "2", None, True])
def test_a_batch_size_that_is_none_is_refused(size, tiny):
    # With 0 nothing would be fused, and nothing said.
    with pytest.raises(ValueError, match="batch_size is .*: give 1 or more"):
        tiny([dict(img_a=COLOR, img_b=GRAY)], batch_size=size)


@pytest.mark.parametrize("text", [5, b"haze", ["haze"], ""])
def test_a_text_that_is_none_is_refused(text, tiny):
    with pytest.raises(ValueError, match="text"):
        tiny.fuse(COLOR, GRAY, text=text)
