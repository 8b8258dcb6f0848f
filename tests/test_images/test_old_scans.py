"""DICOM as older and careless programs write it: tables, odd bits, empty attributes, no beginning."""

import numpy as np
import pytest

from mmfusion_distill.images.image_io import read_image
from mmfusion_distill.images.medical_slices import read_scan

pydicom = pytest.importorskip("pydicom")

#: 12 bits.
RAMP = np.arange(64, dtype=np.uint16).reshape(8, 8) * 64
SHOWN = np.clip((RAMP - 4.032) / (4032 - 2 * 4.032), 0, 1) * 255


def dicom(path, pixels=RAMP, **attributes):
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = CTImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = generate_uid()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.Rows, data.Columns = pixels.shape
    data.SamplesPerPixel, data.PhotometricInterpretation, data.PixelRepresentation = 1, "MONOCHROME2", 0
    data.BitsAllocated, data.BitsStored, data.HighBit = 16, 12, 11
    for name, value in attributes.items():
        setattr(data, name, value)
    data.PixelData = pixels.tobytes()
    data.save_as(path, enforce_file_format=True)
    return path


def table(levels, bits):
    item = pydicom.Dataset()
    item.LUTDescriptor, item.LUTData = [len(levels), 0, bits], np.array(levels, np.uint16).tobytes()
    return pydicom.Sequence([item])


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_a_table_of_brightness_is_used_where_there_is_no_window(bits, tmp_path):
    levels = np.linspace(2**bits - 1, 0, 4096).astype(int)
    shown = read_image(dicom(tmp_path / "a.dcm", VOILUTSequence=table(levels, bits)))[..., 0]
    assert np.abs(shown - (255 - RAMP / 4095 * 255)).max() < 1.1
    window = dict(WindowCenter=2048, WindowWidth=4096)
    shown = read_image(dicom(tmp_path / "a.dcm", VOILUTSequence=table(levels, bits), **window))[..., 0]
    assert np.abs(shown - RAMP / 4095 * 255).max() < 1.1


@pytest.mark.parametrize(
    "attributes",
    [
        dict(RescaleSlope="", RescaleIntercept=""),
        dict(RescaleSlope=0, RescaleIntercept=0),
        dict(WindowCenter=0, WindowWidth=0),
        dict(WindowCenter=2000, WindowWidth=-10),
        dict(PixelSpacing=[0, 0], ImageOrientationPatient=[1, 0, 0, 0, 1, 0], ImagePositionPatient=[0, 0, 0]),
        dict(PixelSpacing=[1], ImageOrientationPatient=[1, 0, 0, 0, 1, 0], ImagePositionPatient=[0, 0]),
    ],
    ids=str,
)
def test_attributes_that_say_nothing_count_for_none(attributes, tmp_path):
    scan = read_scan(dicom(tmp_path / "a.dcm", **attributes))
    assert np.abs(scan.pixels * 255 - SHOWN).max() < 0.5 and scan.grid is None


def test_bits_that_do_not_begin_at_the_lowest_are_shifted(tmp_path):
    path = dicom(tmp_path / "a.dcm", (RAMP << 4).astype(np.uint16), HighBit=15)
    assert np.abs(read_image(path)[..., 0] - SHOWN).max() < 0.5


@pytest.mark.parametrize("kept", ["information about the file", "nothing"])
def test_a_file_without_the_beginning_of_dicom_is_read(kept, tmp_path):
    path = dicom(tmp_path / "a.dcm")
    data = path.read_bytes()[132:]
    if kept == "nothing":
        data = data[12 + int.from_bytes(data[8:12], "little") :]
    path.write_bytes(data)
    assert np.abs(read_image(path)[..., 0] - SHOWN).max() < 0.5
