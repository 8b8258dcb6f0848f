"""Sources as cameras and scanners store them; every file is made here."""

import struct

import cv2
import numpy as np
import pytest

from mmfusion_distill.data.generated_scenes import generate_pair
from mmfusion_distill.images.image_io import read_image, write_image
from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.images.pairing import find_pairs
from mmfusion_distill.images.source_options import SourceOptions
from mmfusion_distill.inference.folder_fusing import fuse_files
from mmfusion_distill.registration.calibrating import calibrate
from mmfusion_distill.registration.camera_calibration import CameraCalibration
from mmfusion_distill.registration.pair_reader import PairReader

COUNTS = np.linspace(29_000, 31_000, 24 * 20).reshape(24, 20).astype(np.uint16)
GRAY = np.random.default_rng(0).integers(0, 256, (24, 20), np.uint8)


def as_values(image):
    """(H, W) in [0, 255] of what a reader returns."""
    return (image if image.dtype == np.uint8 else image * 255.0)[..., 0].astype(float)


def save(path, array):
    np.save(path, array) if path.suffix == ".npy" else cv2.imwrite(str(path), array)
    return path


@pytest.fixture
def visible(tmp_path):
    write_image(tmp_path / "a.png", np.random.default_rng(1).integers(0, 256, (24, 20, 3)))
    return tmp_path / "a.png"


@pytest.mark.parametrize("name", ["b.png", "b.tif", "b.npy"])
def test_raw_counts_are_stretched_or_cut_to_a_range(name, tmp_path, visible):
    path = save(tmp_path / name, COUNTS)
    automatic = PairReader().read(visible, path).img_b[..., 0]
    assert automatic.min() == 0 and automatic.max() > 254 and abs(automatic.mean() - 127.5) < 1
    fixed = PairReader(SourceOptions(ir_range=(29_000, 33_000))).read(visible, path).img_b[..., 0]
    assert fixed.min() == 0 and abs(fixed.max() - 127.5) < 0.1


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int16, np.int32])
def test_degrees_of_any_type_are_read_from_arrays(kind, tmp_path, visible):
    path = save(tmp_path / "b.npy", (COUNTS / 100.0 - 273).astype(kind))
    read = PairReader().read(visible, path).img_b[..., 0]
    assert read.min() == 0 and read.max() > 254


def test_dead_pixels_are_filled_from_around_and_not_cold(tmp_path, visible):
    degrees = (COUNTS / 100.0 - 273).astype(np.float32)
    whole = PairReader().read(visible, save(tmp_path / "whole.npy", degrees)).img_b[..., 0]
    degrees[13, 4] = np.nan
    pair = PairReader().read(visible, save(tmp_path / "b.npy", degrees))
    assert abs(pair.img_b[13, 4, 0] - whole[13, 4]) < 12 and pair.missing[13, 4] and pair.missing.sum() == 1


def test_black_hot_is_inverted(tmp_path, visible):
    path = save(tmp_path / "b.png", GRAY)
    assert np.array_equal(
        PairReader(SourceOptions(is_black_hot=True)).read(visible, path).img_b[..., 0], 255 - GRAY
    )


def test_eight_bits_come_out_as_they_are(tmp_path, visible):
    img_a, img_b, _ = PairReader().read(visible, save(tmp_path / "b.png", GRAY))
    assert np.array_equal(img_b[..., 0], GRAY) and np.array_equal(img_a, read_image(visible))


@pytest.mark.parametrize("values", [GRAY, COUNTS, (COUNTS / 100.0 - 273).astype(np.float32)])
def test_source_b_is_read_alike_whatever_a_shows(values, tmp_path):
    path = save(tmp_path / "b.npy", values)
    even = np.ones((24, 20, 3))
    read = [
        PairReader().read(image, path).img_b for image in (0 * even, 0.9 * even, even * GRAY[..., None] / 255)
    ]
    assert all(np.array_equal(one, read[0]) for one in read) and read[0].std() > 10


def test_sizes_that_differ_are_resized_only_when_asked(tmp_path, visible):
    path = save(tmp_path / "b.png", cv2.resize(GRAY, (40, 48)))
    with pytest.raises(ImageReadError, match=r"a\.png and .*b\.png: .* A is 20x24, B 40x48.*--resize"):
        PairReader().read(visible, path)
    assert PairReader(SourceOptions(resize=True)).read(visible, path).img_b.shape == (24, 20, 1)


def flir(celsius, path, records=4):
    """A JPEG as FLIR's cameras write it, for an ideal camera: a blackbody without air between."""
    r1, b, f, o, r2 = 15_000.0, 1_400.0, 1.0, -5_000, 0.015
    raw = (r1 / (r2 * (np.exp(b / (celsius + 273.15)) - f)) - o).astype("<u2")
    raw_data = bytearray(32)
    struct.pack_into("<HHH", raw_data, 0, 2, celsius.shape[1], celsius.shape[0])
    raw_data += raw.tobytes()
    camera = bytearray(1000)
    # emissivity, distance, reflected, air, window, its transmission
    struct.pack_into("<ffffff", camera, 32, 1.0, 0.0, 293.15, 293.15, 293.15, 1.0)
    struct.pack_into("<f", camera, 60, 0.5)
    struct.pack_into("<fff", camera, 88, r1, b, f)
    struct.pack_into("<fffff", camera, 112, 0.0066, 0.0126, -0.0023, -0.0067, 1.9)
    struct.pack_into("<if", camera, 776, o, r2)
    head = bytearray(64)
    head[:4] = b"FFF\0"
    struct.pack_into(">III", head, 20, 100, 64, records)
    offset, directory = 64 + 64, bytearray()
    for kind, data in ((1, raw_data), (32, camera)):
        directory += struct.pack(">HHIIIIIII", kind, 2, 100, 1, offset, len(data), 0, 0, 0)
        offset += len(data)
    stream = bytes(head + directory + raw_data + camera)
    segment = b"FLIR\0\1\0\0" + stream
    jpeg = cv2.imencode(".jpg", np.full((24, 20, 3), 99, np.uint8))[1].tobytes()
    path.write_bytes(jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + jpeg[2:])
    return path


def test_a_radiometric_jpeg_is_read_as_temperatures(tmp_path, visible):
    celsius = np.linspace(10, 40, 24 * 20).reshape(24, 20)
    path = flir(celsius, tmp_path / "b.jpg")
    reader = PairReader(SourceOptions(ir_range=(0, 50)))
    assert np.abs(reader.read(visible, path).img_b[..., 0] - celsius / 50 * 255).max() < 2
    reader = PairReader()
    reader.read(visible, path)
    assert "1 radiometric JPEG was read as temperatures" in reader.notes()[0]


def test_a_directory_without_end_is_refused(tmp_path, visible):
    path = flir(np.full((24, 20), 20.0), tmp_path / "b.jpg", records=2**32 - 1)
    with pytest.raises(ImageReadError, match="temperatures that cannot be read"):
        PairReader().read(visible, path)


def dicom(path, pixels, **attributes):
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = CTImageStorage, generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = Dataset()
    data.file_meta = meta
    data.SOPClassUID, data.SOPInstanceUID = meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID
    data.Rows, data.Columns = pixels.shape[-2:]
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
    if pixels.ndim == 3:
        data.NumberOfFrames = len(pixels)
    for name, value in attributes.items():
        setattr(data, name, value)
    data.PixelData = pixels.astype("<u2").tobytes()
    data.save_as(path, enforce_file_format=True)
    return path


def test_a_dicom_file_is_read_within_its_window(tmp_path):
    pixels = np.tile(np.arange(0, 2000, 100, dtype=np.uint16), (24, 1))
    path = dicom(
        tmp_path / "a.dcm", pixels, RescaleIntercept=-1000, RescaleSlope=1, WindowCenter=0, WindowWidth=1000
    )
    expected = np.clip((pixels - 1000.0 + 500) / 999 * 255, 0, 255)
    assert np.abs(read_image(path)[..., 0] - expected).max() < 0.5
    inverted = dicom(tmp_path / "b.dcm", pixels, PhotometricInterpretation="MONOCHROME1")
    assert read_image(inverted)[0, 0, 0] == 255


def test_a_slice_is_chosen_or_the_middle_one_taken(tmp_path):
    frames = np.stack(
        [np.full((24, 20), 100 * k, np.uint16) + np.arange(20, dtype=np.uint16) for k in range(5)]
    )
    window = dict(WindowCenter=256, WindowWidth=512)
    path = dicom(tmp_path / "a.dcm", frames, **window)
    other = dicom(tmp_path / "b.dcm", frames[0], **window)
    assert abs(read_image(path).mean() - (200 + 9.5) / 511 * 255) < 1
    img_a = PairReader(SourceOptions(slice_index=0)).read(path, other).img_a
    assert abs(img_a.mean() - 9.5 / 511 * 255) < 1
    with pytest.raises(ImageReadError, match=r"a\.dcm has no slice 9: give --slice from 0 to 4"):
        PairReader(SourceOptions(slice_index=9)).read(path, other)


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_a_nifti_slice_lies_with_the_front_up(name, tmp_path):
    import nibabel

    volume = np.zeros((20, 24, 6), np.int16)
    # x to the right, y to the front, z to the head
    volume[:, 20:, 2] = 1000
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), tmp_path / name)
    reader = PairReader(SourceOptions(slice_index=2))
    img_a, img_b, _ = reader.read(tmp_path / name, tmp_path / name)
    assert img_a.shape == img_b.shape == (24, 20, 1)
    assert img_a[:4].min() == 255 and img_a[4:].max() == 0
    assert read_image(tmp_path / name).max() == 0


def test_data_files_pair_up_unless_a_picture_has_the_name(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        save(tmp_path / folder / "x.npy", GRAY)
        save(tmp_path / folder / "y.npy", GRAY)
        save(tmp_path / folder / "y.png", GRAY)
        (tmp_path / folder / "z.nii.gz").write_bytes(b"")
    pairs, _ = find_pairs(tmp_path / "a", tmp_path / "b")
    assert [(pair.name, pair.path_a.name) for pair in pairs] == [
        ("x", "x.npy"),
        ("y", "y.png"),
        ("z", "z.nii.gz"),
    ]


class FirstSource:
    """A network that returns what it was given as B."""

    def load(self, pair, text=None):
        return pair["img_b"]

    def size_of(self, loaded):
        return loaded.shape

    def fuse_loaded(self, batch):
        return [as_values(image) for image in batch]


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Four scenes of two mounted cameras, of which the second looks 9 pixels right and is a little turned."""
    folder = tmp_path_factory.mktemp("recording")
    matrix = np.array([[1.0, 0.02, 9], [-0.02, 1, -4], [0, 0, 1]])
    for seed in range(4):
        visible, thermal = generate_pair(seed)
        mean = float(thermal.mean())
        write_image(folder / "a" / f"{seed}.png", visible)
        write_image(folder / "true" / f"{seed}.png", thermal)
        moved = cv2.warpPerspective(thermal, matrix, (256, 192), borderValue=mean)
        write_image(folder / "b" / f"{seed}.png", moved)
    return folder, matrix


def test_misaligned_pairs_are_named_with_their_shift(recording, tmp_path):
    folder, _ = recording
    report = fuse_files(FirstSource(), folder / "a", folder / "b", tmp_path / "out", reader=PairReader())
    assert "4 pairs are not registered: 0.png lies" in report.notes[0] and "px right" in report.notes[0]
    report = fuse_files(FirstSource(), folder / "a", folder / "true", tmp_path / "out", reader=PairReader())
    assert report.notes == []


def test_a_calibration_brings_pairs_of_these_cameras_together(recording, tmp_path):
    folder, matrix = recording
    report = calibrate(folder / "a", folder / "b", tmp_path / "c.json")
    assert "held-out patches fit best" in report.errors[0]
    found = CameraCalibration.read(tmp_path / "c.json").matrix
    grid = np.float64([[[30, 30], [220, 30], [128, 96], [30, 160], [220, 160]]])
    assert np.abs(cv2.perspectiveTransform(grid, found @ matrix) - grid).max() < 1
    reader = PairReader(SourceOptions(calibration=tmp_path / "c.json"))
    report = fuse_files(FirstSource(), folder / "a", folder / "b", tmp_path / "out", reader=reader)
    assert report.notes == [] and not report.failures
    fused, true = (read_image(path / "0.png")[20:-20, 20:-20] for path in (tmp_path / "out", folder / "true"))
    assert np.abs(fused - true).mean() < 4


@pytest.mark.parametrize("register", ["homography", "ecc"])
def test_a_pair_registers_itself(register, recording):
    folder, _ = recording
    reader = PairReader(SourceOptions(register=register))
    img_b = reader.read(folder / "a" / "1.png", folder / "b" / "1.png").img_b[..., 0]
    true, before = (read_image(folder / name / "1.png")[..., 0] for name in ("true", "b"))
    inner = slice(20, -20), slice(20, -20)
    assert np.abs(img_b - true)[inner].mean() < 0.5 * np.abs(before - true)[inner].mean()


@pytest.mark.parametrize(
    "content, says",
    [
        (b"\x86\x00", "is no calibration .it is no JSON"),
        (b"[1, 2]", "is no calibration .it holds no object"),
        (b"{}", "it lacks 'format'"),
        (b"[" * 50_000, "is no calibration"),
        (b'{"format": "mmfusion_distill calibration 1", "b_to_a": [[1,2],[3,4]], "size_a": [1,1]}', "is no"),
        (
            b'{"format": "mmfusion_distill calibration 1", "b_to_a": [[0,0,0],[0,0,0],[0,0,0]], "size_a": [1,1], '
            b'"size_b": [1,1]}',
            "its homography is none",
        ),
        (
            b'{"format": "mmfusion_distill calibration 1", "b_to_a": [[NaN,0,0],[0,1,0],[0,0,1]], '
            b'"size_a": [1,1], "size_b": [1,1]}',
            "its homography is none",
        ),
    ],
)
def test_a_file_that_is_no_calibration_is_named(content, says, tmp_path):
    (tmp_path / "c.json").write_bytes(content)
    with pytest.raises(ValueError, match=says) as raised:
        PairReader(SourceOptions(calibration=tmp_path / "c.json"))
    assert "c.json" in str(raised.value) and "\n" not in str(raised.value)


def test_a_calibration_of_other_sizes_is_refused(tmp_path, visible):
    CameraCalibration(np.eye(3), (100, 200), (24, 20)).write(tmp_path / "c.json")
    reader = PairReader(SourceOptions(calibration=tmp_path / "c.json"))
    with pytest.raises(
        ImageReadError, match="20x24 and 20x24 do not fit the calibration, which is for 200x100"
    ):
        reader.read(visible, save(tmp_path / "b.png", GRAY))


def test_options_that_contradict_each_other_are_refused():
    with pytest.raises(ValueError, match="lower value first"):
        SourceOptions(ir_range=(5, 5))
    with pytest.raises(ValueError, match="leave --register"):
        SourceOptions(register="ecc", calibration="c.json")
