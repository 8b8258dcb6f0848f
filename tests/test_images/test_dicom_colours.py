"""DICOM's colour models, plain and compressed, come out as the same RGB (case 08)."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    SecondaryCaptureImageStorage,
    generate_uid,
)

from mmfusion_distill.images.image_io import read_image
from mmfusion_distill.inference.folder_fusing import fuse_files

ROWS, COLUMNS = np.mgrid[:24, :32]
RGB = np.dstack([COLUMNS * 8, ROWS * 10, 255 - COLUMNS * 8]).astype(np.uint8)


def ybr(is_partial=False):
    r, g, b = np.moveaxis(RGB.astype(float), 2, 0)
    y = 0.299 * r + 0.587 * g + 0.114 * b
    cb, cr = (b - y) / 1.772, (r - y) / 1.402
    if is_partial:
        y, cb, cr = 16 + y * 219 / 255, cb * 224 / 255, cr * 224 / 255
    return np.clip(np.rint(np.dstack([y, 128 + cb, 128 + cr])), 0, 255).astype(np.uint8)


def halved(pixels):
    """Chroma of every second column."""
    return np.dstack([pixels[:, ::2, 0], pixels[:, 1::2, 0], pixels[:, ::2, 1], pixels[:, ::2, 2]]).tobytes()


def encoded(kind, **options):
    data = io.BytesIO()
    Image.fromarray(RGB).save(data, kind, **options)
    return data.getvalue()


def palette(bits):
    """Indices of the columns, and tables from blue to red that begin with index 3."""
    entries = np.arange(40)
    top = 257 if bits == 16 else 1
    tables = dict(
        Red=np.minimum(entries * 8, 255),
        Green=0 * entries,
        Blue=255 - np.minimum(entries * 8, 255),
    )
    attributes = {}
    for color, table in tables.items():
        attributes[f"{color}PaletteColorLookupTableDescriptor"] = [40, 3, bits]
        data = (table * top).astype("<u2" if bits == 16 else np.uint8).tobytes()
        attributes[f"{color}PaletteColorLookupTableData"] = data
    return attributes


MODELS = {
    "RGB": ("RGB", RGB.tobytes(), {}),
    "RGB in planes": ("RGB", np.moveaxis(RGB, 2, 0).tobytes(), dict(PlanarConfiguration=1)),
    "RGB of 16 bits": ("RGB", (RGB.astype("<u2") * 257).tobytes(), dict(bits=16)),
    "YBR_FULL": ("YBR_FULL", ybr().tobytes(), {}),
    "YBR_FULL_422": ("YBR_FULL_422", halved(ybr()), {}),
    "YBR_PARTIAL_422": ("YBR_PARTIAL_422", halved(ybr(is_partial=True)), {}),
    "HSV": ("HSV", cv2.cvtColor(RGB, cv2.COLOR_RGB2HSV_FULL).tobytes(), {}),
    "YBR_RCT": (
        "YBR_RCT",
        encoded("JPEG2000", irreversible=False, no_jp2=True, mct=1),
        dict(syntax=JPEG2000Lossless),
    ),
    "YBR_ICT": ("YBR_ICT", encoded("JPEG2000", irreversible=True, no_jp2=True, mct=1), dict(syntax=JPEG2000)),
    "JPEG": ("YBR_FULL_422", encoded("JPEG", quality=100, subsampling=1), dict(syntax=JPEGBaseline8Bit)),
}


def write(path, model, data, syntax=ExplicitVRLittleEndian, bits=8, samples=3, **attributes):
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = (
        SecondaryCaptureImageStorage,
        generate_uid(),
    )
    meta.TransferSyntaxUID = syntax
    dataset = Dataset()
    dataset.file_meta = meta
    dataset.SOPClassUID, dataset.SOPInstanceUID = (
        meta.MediaStorageSOPClassUID,
        meta.MediaStorageSOPInstanceUID,
    )
    dataset.Rows, dataset.Columns, dataset.SamplesPerPixel = 24, 32, samples
    dataset.PhotometricInterpretation, dataset.PixelRepresentation = model, 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    if samples > 1:
        dataset.PlanarConfiguration = 0
    for name, value in attributes.items():
        setattr(dataset, name, value)
    dataset.PixelData = encapsulate([data]) if syntax.is_encapsulated else data
    dataset.save_as(path, enforce_file_format=True)
    return path


@pytest.mark.parametrize("name", MODELS)
def test_every_colour_model_comes_out_as_rgb(name, tmp_path):
    model, data, attributes = MODELS[name]
    read = read_image(write(tmp_path / "a.dcm", model, data, **attributes))
    assert read.shape == RGB.shape and np.abs(read - RGB).mean() < 3.5


@pytest.mark.parametrize("bits", [8, 16])
def test_a_palette_is_looked_up_and_not_taken_for_brightness(bits, tmp_path):
    indices = (COLUMNS + 3).astype(np.uint8)
    path = write(tmp_path / "a.dcm", "PALETTE COLOR", indices.tobytes(), samples=1, **palette(bits))
    read = read_image(path)
    assert read.shape == (24, 32, 3)
    assert read[0, 0].tolist() == [0, 0, 255] and np.abs(read[0, 31] - [248, 0, 7]).max() <= 1


@pytest.mark.parametrize("model", ["MONOCHROME1", "MONOCHROME2"])
def test_gray_is_bright_where_its_model_says(model, tmp_path):
    values = (COLUMNS * 8).astype(np.uint8)
    read = read_image(write(tmp_path / "a.dcm", model, values.tobytes(), samples=1))
    assert read.shape == (24, 32, 1)
    assert (read[0, 0, 0] < 10) == (model == "MONOCHROME2") and (read[0, 31, 0] > 240) == (
        model == "MONOCHROME2"
    )


def test_colour_of_a_scan_reaches_the_result(tmp_path):
    class CopyOfA:
        guided = False

        def load(self, pair, text=None):
            return pair["img_a"]

        def size_of(self, loaded):
            return loaded.shape

        def fuse_loaded(self, batch):
            return list(batch)

    path = write(tmp_path / "a.dcm", "YBR_FULL", ybr().tobytes())
    np.save(tmp_path / "b.npy", (COLUMNS * 8).astype(np.uint8))
    fuse_files(CopyOfA(), path, tmp_path / "b.npy", tmp_path / "out.png")
    assert np.abs(read_image(tmp_path / "out.png") - RGB).max() <= 3
