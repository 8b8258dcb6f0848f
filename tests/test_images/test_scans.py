"""DICOM and NIfTI of one patient lie alike, whichever way their axes run; others are refused or resampled."""

import itertools

import numpy as np
import pytest

from mmfusion_distill.images.dicom_scan import read_dicom
from mmfusion_distill.images.image_io import read_image, read_image_pair
from mmfusion_distill.images.image_source import ImageReadError
from mmfusion_distill.images.medical_slices import read_scan
from mmfusion_distill.images.pairing import pairs_of
from mmfusion_distill.images.source_options import SourceOptions
from mmfusion_distill.registration.calibrating import calibrate
from mmfusion_distill.registration.pair_reader import PairReader
from mmfusion_distill.user_errors import UserError

nibabel = pytest.importorskip("nibabel")
pydicom = pytest.importorskip("pydicom")

#: A patient whose every voxel has a value of its own: axes to the left, the back and the head (LPS).
PATIENT = np.arange(6 * 5 * 4, dtype=np.uint16).reshape(6, 5, 4)
SPACING = np.array([1.0, 2.0, 3.0])
AFFINE = np.diag([*SPACING, 1.0])
AFFINE[:3, 3] = (-10, -20, 30)
FLIPS = list(itertools.product((False, True), repeat=3))
ORDERS = list(itertools.permutations(range(3)))
#: Steps of columns and rows of an image of each plane as radiologists look at it.
PLANES = {
    "axial": ((0, 1), (1, 1)),
    "coronal": ((0, 1), (2, -1)),
    "sagittal": ((1, 1), (2, -1)),
}


def rearranged(order, flips, values=PATIENT, affine=AFFINE):
    """The same patient with its axes in another order and direction."""
    values, affine = values.transpose(order), affine[:, [*order, 3]].copy()
    for axis, is_flipped in enumerate(flips):
        if is_flipped:
            affine[:3, 3] += (values.shape[axis] - 1) * affine[:3, axis]
            affine[:3, axis] *= -1
            values = np.flip(values, axis)
    return values, affine


def nifti(path, values=PATIENT, affine=AFFINE, window=(0, 119), code=1):
    image = nibabel.Nifti1Image(np.ascontiguousarray(values), np.diag([-1.0, -1, 1, 1]) @ affine)
    image.header["cal_min"], image.header["cal_max"] = window
    image.set_sform(image.affine, code=code)
    image.set_qform(image.affine if code else None, code=code)
    nibabel.save(image, path)
    return path


def dicom(path, pixels, **attributes):
    """A file of these pixels (H, W), (frames, H, W) or (H, W, 3)."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = CTImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = generate_uid()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    is_colour = pixels.ndim == 3 and pixels.shape[2] == 3
    data.Rows, data.Columns = pixels.shape[:2] if is_colour else pixels.shape[-2:]
    if pixels.ndim == 3 and not is_colour:
        data.NumberOfFrames = len(pixels)
    data.SamplesPerPixel, data.PhotometricInterpretation = (3, "RGB") if is_colour else (1, "MONOCHROME2")
    if is_colour:
        data.PlanarConfiguration = 0
    bits = 8 * pixels.dtype.itemsize
    data.BitsAllocated, data.BitsStored, data.HighBit = bits, bits, bits - 1
    data.PixelRepresentation = int(pixels.dtype.kind == "i")
    for name, value in attributes.items():
        setattr(data, name, value)
    data.PixelData = pixels.tobytes()
    data.save_as(path, enforce_file_format=True)
    return path


def cut(right, down, index):
    """Pixels and attributes of a slice; its columns and rows follow axes of the patient, given as (axis, sign)."""
    (across, _), (along, _) = right, down
    (through,) = {0, 1, 2} - {across, along}
    values = np.take(PATIENT, index, axis=through)
    values = values.T if across < along else values
    values = values[:: down[1], :: right[1]]
    corner = np.zeros(3)
    corner[through] = index
    for axis, sign in (right, down):
        corner[axis] = 0 if sign > 0 else PATIENT.shape[axis] - 1
    directions = [np.eye(3)[axis] * sign for axis, sign in (right, down)]
    return np.ascontiguousarray(values), dict(
        ImageOrientationPatient=[*directions[0], *directions[1]],
        ImagePositionPatient=list((AFFINE @ np.append(corner, 1))[:3]),
        PixelSpacing=[SPACING[along], SPACING[across]],
        SliceThickness=SPACING[through],
        WindowCenter=59.5,
        WindowWidth=119,
        VOILUTFunction="LINEAR_EXACT",
    )


@pytest.mark.parametrize("order", ORDERS)
def test_a_nifti_volume_of_any_axes_shows_the_patients_right_on_the_left_and_the_front_up(order, tmp_path):
    for flips in FLIPS:
        path = nifti(tmp_path / "a.nii", *rearranged(order, flips))
        for index in (0, 3):
            shown = read_scan(path, index).pixels
            assert np.allclose(shown, PATIENT[:, :, index].T / 119), flips


@pytest.mark.parametrize("plane", PLANES)
def test_a_dicom_slice_of_any_direction_lies_like_nifti(plane, tmp_path):
    path = nifti(tmp_path / "b.nii.gz", *rearranged((2, 0, 1), (True, False, True)))
    right, down = PLANES[plane]
    expected = cut(right, down, 2)[0] / 119
    for one, two in ((right[0], down[0]), (down[0], right[0])):
        for signs in itertools.product((1, -1), repeat=2):
            pixels, attributes = cut((one, signs[0]), (two, signs[1]), 2)
            img_a, img_b = read_image_pair(dicom(tmp_path / "a.dcm", pixels, **attributes), path)
            assert np.allclose(img_a[..., 0] / 255, expected, atol=1e-6), (one, two, signs)
            assert np.allclose(img_a, img_b, atol=1e-3), (one, two, signs)


def test_frames_count_from_the_feet_whatever_their_order_in_the_file(tmp_path):
    from pydicom.dataset import Dataset

    order, groups, frames = [2, 0, 3, 1], [], []
    for index in order:
        pixels, attributes = cut((0, 1), (1, 1), index)
        plane, position, measures, group = Dataset(), Dataset(), Dataset(), Dataset()
        plane.ImageOrientationPatient = attributes["ImageOrientationPatient"]
        position.ImagePositionPatient = attributes["ImagePositionPatient"]
        measures.PixelSpacing, measures.SliceThickness = attributes["PixelSpacing"], 3
        group.PlaneOrientationSequence, group.PlanePositionSequence = [plane], [position]
        group.PixelMeasuresSequence = [measures]
        groups.append(group)
        frames.append(pixels)
    window = dict(WindowCenter=59.5, WindowWidth=119, VOILUTFunction="LINEAR_EXACT")
    scan = dicom(tmp_path / "a.dcm", np.stack(frames), PerFrameFunctionalGroupsSequence=groups, **window)
    volume = nifti(tmp_path / "b.nii")
    for index in range(4):
        pair = PairReader(SourceOptions(slice_index=index)).read(scan, volume)
        assert np.allclose(pair.img_a[..., 0] / 255, PATIENT[:, :, index].T / 119)
        assert np.allclose(pair.img_a, pair.img_b, atol=1e-3)
    # the other way round: the frame instead of the middle slice
    assert np.allclose(*read_image_pair(volume, scan), atol=1e-3)


def moved(**changes):
    affine = AFFINE.copy()
    if "scale" in changes:
        affine[:3, :3] *= changes["scale"]
    if "angle" in changes:
        c, s = np.cos(changes["angle"]), np.sin(changes["angle"])
        affine[:3, :3] = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ affine[:3, :3]
    affine[:3, 3] += changes.get("offset", (0, 0, 0))
    return affine


@pytest.mark.parametrize(
    ("affine", "message"),
    [
        (moved(scale=2), "pixels of A are 1x2 mm, of B 2x4 mm"),
        (moved(angle=0.2), "their directions differ by 11.5 degrees"),
        (moved(offset=(5, 0, 0)), "B lies 5.0 mm beside A"),
        (moved(offset=(0, 0, 1)), "the slices are 1.0 mm apart"),
    ],
)
def test_scans_of_different_places_are_refused(affine, message, tmp_path):
    a, b = nifti(tmp_path / "a.nii"), nifti(tmp_path / "b.nii", affine=affine)
    with pytest.raises(
        ImageReadError, match=rf"a\.nii and .*b\.nii show different places .*: {message}.*--resample"
    ):
        PairReader().read(a, b)
    with pytest.raises(ImageReadError, match=r"SourceOptions\(resample=True\)"):
        read_image_pair(a, b)
    with pytest.raises(ImageReadError, match=message):
        calibrate(a, b, tmp_path / "c.json")


def test_equal_grids_of_different_size_are_told_by_their_pixels(tmp_path):
    a, b = nifti(tmp_path / "a.nii"), nifti(tmp_path / "b.nii", PATIENT[:-1])
    with pytest.raises(ImageReadError, match="A has 6x5 pixels, B 5x5"):
        PairReader().read(a, b)


def test_a_slice_of_another_plane_is_refused_or_resampled(tmp_path):
    pixels, attributes = cut((0, 1), (2, -1), 2)
    b = dicom(tmp_path / "b.dcm", pixels, **attributes)
    with pytest.raises(ImageReadError, match="A is axial, B coronal"):
        PairReader().read(nifti(tmp_path / "a.nii"), b)


def test_resampling_interpolates_b_at_the_pixels_of_a(tmp_path):
    # What grows linearly is interpolated exactly.
    def ramp(shape, affine):
        places = np.moveaxis(np.indices(shape), 0, -1) @ affine[:3, :3].T + affine[:3, 3]
        return (places @ [1.0, 2.0, 3.0]).astype(np.float32)

    small = moved(scale=0.5, angle=0.1, offset=(2, 3, 4))
    a = nifti(tmp_path / "a.nii", ramp((6, 5, 4), small), small, window=(-100, 300))
    wide = AFFINE.copy()
    wide[:3, 3] -= 20
    b = nifti(
        tmp_path / "b.nii",
        *rearranged((1, 2, 0), (True, False, True), ramp((40, 30, 20), wide), wide),
        window=(-100, 300),
    )
    pair = PairReader(SourceOptions(resample=True)).read(a, b)
    assert pair.img_a.std() > 1 and np.allclose(pair.img_a, pair.img_b, atol=0.01)
    wide[:3, 3] += 1000
    with pytest.raises(ImageReadError, match=r"b\.nii does not show the place of source A"):
        PairReader(SourceOptions(resample=True)).read(a, nifti(tmp_path / "b.nii", affine=wide))


def series(folder, directions=((0, 1), (1, 1)), **changes):
    """A folder of files of one axial slice each, whose names say nothing of their order."""
    folder.mkdir(exist_ok=True)
    for index in range(PATIENT.shape[2]):
        pixels, attributes = cut(*directions, index)
        attributes |= dict(SeriesInstanceUID="1.2.3") | changes
        dicom(folder / f"{(index * 3) % 4}.dcm", pixels, **attributes)
    return folder


@pytest.mark.parametrize("directions", [((0, 1), (1, 1)), ((1, -1), (0, 1))])
def test_a_folder_of_dicom_slices_is_a_volume(directions, tmp_path):
    folder, file = series(tmp_path / "ct", directions), nifti(tmp_path / "b.nii")
    for index in (0, 3):
        assert np.allclose(read_scan(folder, index).pixels, PATIENT[:, :, index].T / 119)
    ((pair,), moved) = pairs_of(folder, file).pairs, nifti(tmp_path / "c.nii", affine=AFFINE + 0.4)
    for options, other in ((SourceOptions(), file), (SourceOptions(slice_index=1), file)):
        read = PairReader(options).read(pair.path_a, other)
        assert np.allclose(read.img_a, read.img_b, atol=0.01)
    with pytest.raises(ImageReadError, match="show different places"):
        PairReader().read(folder, moved)
    resampled = PairReader(SourceOptions(resample=True)).read(file, folder)
    assert np.allclose(resampled.img_a, resampled.img_b, atol=0.01)


def test_a_folder_that_is_no_series_is_refused(tmp_path):
    folder = series(tmp_path / "ct")
    pixels, attributes = cut((0, 1), (1, 1), 0)
    for changes, message in (
        (dict(SeriesInstanceUID="1.2.4"), "holds slices of 2 series: give a folder for each"),
        (dict(SeriesInstanceUID="1.2.3", PixelSpacing=[9, 9]), "another size or direction"),
        (dict(SeriesInstanceUID="1.2.3", ImagePositionPatient=None), "does not say where it lies"),
    ):
        dicom(folder / "other.dcm", pixels, **(attributes | changes))
        with pytest.raises(ImageReadError, match=message):
            read_scan(folder)
    (folder / "picture.png").write_bytes(b"")
    with pytest.raises(UserError, match="give two files or two folders"):
        pairs_of(folder, nifti(tmp_path / "b.nii"))


def test_a_scan_that_does_not_say_where_it_lies_is_noted(tmp_path):
    pixels, attributes = cut((0, 1), (1, 1), 2)
    del attributes["ImageOrientationPatient"]
    reader = PairReader()
    reader.read(dicom(tmp_path / "a.dcm", pixels, **attributes), nifti(tmp_path / "b.nii"))
    assert any("only one of both says where it lies in the patient: b.nii" in note for note in reader.notes())
    attributes["PatientOrientation"] = ["R", "A"]
    shown = read_scan(dicom(tmp_path / "a.dcm", pixels, **attributes)).pixels
    assert np.allclose(shown, pixels[::-1, ::-1] / 119)


def test_every_colour_model_is_read_or_named(tmp_path):
    levels = np.arange(0, 256, 8, dtype=np.uint8).reshape(4, 8)
    table = (np.arange(256, dtype=np.uint16) * 257).tobytes()
    palette = {
        f"{colour}PaletteColorLookupTableDescriptor": [256, 0, 16] for colour in ("Red", "Green", "Blue")
    }
    palette |= {f"{colour}PaletteColorLookupTableData": table for colour in ("Red", "Green")}
    palette["BluePaletteColorLookupTableData"] = bytes(512)
    read = read_image(dicom(tmp_path / "a.dcm", levels, PhotometricInterpretation="PALETTE COLOR", **palette))
    assert np.array_equal(read, np.stack([levels, levels, 0 * levels], axis=2))
    colours = np.random.default_rng(0).integers(0, 256, (4, 8, 3), np.uint8)
    assert np.array_equal(read_image(dicom(tmp_path / "a.dcm", colours)), colours)
    gray = np.stack([levels, 0 * levels + 128, 0 * levels + 128], axis=2)
    ybr = read_image(dicom(tmp_path / "a.dcm", gray, PhotometricInterpretation="YBR_FULL"))
    assert np.abs(ybr - levels[..., None]).max() <= 1
    with pytest.raises(
        ImageReadError, match=r"a\.dcm has the colour model ARGB, which is not read: convert it to RGB"
    ):
        read_image(dicom(tmp_path / "a.dcm", colours, PhotometricInterpretation="ARGB"))


@pytest.mark.parametrize("model", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_and_counts_for_no_percentile(model, tmp_path):
    pixels = np.arange(100, 164, dtype=np.int16).reshape(8, 8)
    pixels[0] = -2000
    shown = read_image(
        dicom(tmp_path / "a.dcm", pixels, PhotometricInterpretation=model, PixelPaddingValue=-2000)
    )[..., 0]
    assert (shown[0] == 0).all()
    assert sorted((shown[1].mean(), shown[-1].mean())) == pytest.approx([16, 239], abs=6)


def test_a_range_of_padding_was_not_measured(tmp_path):
    pixels = np.array([[0, 2, 3], [4, 5, 6]], np.uint16)
    scan = read_dicom(dicom(tmp_path / "a.dcm", pixels, PixelPaddingValue=0, PixelPaddingRangeLimit=3))
    assert scan.frame(0)[1].tolist() == [[True, True, True], [False, False, False]]
