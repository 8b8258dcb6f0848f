"""Every format, depth, colour model and orientation comes out upright, as gray or RGB, at its own brightness."""

import io
import struct

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from mmfusion_distill.images.decoding import decode
from mmfusion_distill.images.image_header import foreign_format, read_header
from mmfusion_distill.images.image_io import ImageReadError, read_image
from mmfusion_distill.images.metadata import upright
from mmfusion_distill.images.stored_image import image_size

ROWS, COLUMNS = np.mgrid[:24, :32]
COLOR = np.dstack([COLUMNS * 8, ROWS * 10, 255 - COLUMNS * 8]).astype(np.uint8)
GRAY = (COLUMNS * 4 + ROWS * 5).astype(np.uint8)
ALPHA = np.full_like(GRAY, 99)


def turned_back(image, orientation):
    """What a camera stores that was held so: the image to which `orientation` leads is `image`."""
    flips = {1: (), 2: (1,), 3: (0, 1), 4: (0,), 5: (), 6: (1,), 7: (0, 1), 8: (0,)}[orientation]
    for axis in flips:
        image = np.flip(image, axis)
    return np.ascontiguousarray(image.swapaxes(0, 1) if orientation >= 5 else image)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientations_are_those_of_pillow(orientation):
    image = Image.fromarray(COLOR)
    image.getexif()[274] = orientation
    from PIL import ImageOps

    assert np.array_equal(upright(COLOR, orientation), np.asarray(ImageOps.exif_transpose(image)))
    assert np.array_equal(upright(turned_back(COLOR, orientation), orientation), COLOR)


WITH_EXIF = {
    "jpg": dict(quality=100, subsampling=0),
    "png": {},
    "webp": dict(lossless=True),
    "tif": {},
    "avif": dict(quality=100),
}


@pytest.mark.parametrize("extension", WITH_EXIF)
@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_the_orientation_that_a_camera_noted_is_applied(extension, orientation, tmp_path):
    path = tmp_path / f"x.{extension}"
    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(turned_back(COLOR, orientation)).save(path, exif=exif, **WITH_EXIF[extension])
    image = read_image(path)
    assert image.shape == COLOR.shape and image_size(path) == (24, 32)
    assert np.abs(image - COLOR).mean() < 6
    with Image.open(path) as opened:
        assert np.abs(read_image(opened) - image).max() <= 3


def test_the_orientation_of_deep_tiffs_and_pngs_is_applied(tmp_path):
    import tifffile

    stored = turned_back(GRAY, 6)
    for name, values in (("16", stored.astype(np.uint16) * 257), ("f", stored.astype(np.float32) / 255)):
        tifffile.imwrite(tmp_path / f"{name}.tif", values, extratags=[(274, "H", 1, 6, True)])
        assert np.abs(read_image(tmp_path / f"{name}.tif")[..., 0] - GRAY).max() < 0.01


def test_the_orientation_in_a_box_of_jpeg_2000_is_applied(tmp_path):
    exif = Image.Exif()
    exif[274] = 3
    data = io.BytesIO()
    Image.fromarray(turned_back(COLOR, 3)).save(data, "JPEG2000", irreversible=False)
    content = b"uuidJpgTiffExif->JP2" + exif.tobytes()[6:]
    box = (len(content) + 4).to_bytes(4, "big") + content
    (tmp_path / "x.jp2").write_bytes(data.getvalue() + box)
    assert np.abs(read_image(tmp_path / "x.jp2") - COLOR).max() <= 1


def saved(path, image, **options):
    image.save(path, **options)
    return path


def lab(image):
    profiles = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
    return ImageCms.profileToProfile(image, *profiles, outputMode="LAB")


IN_COLOR = {
    "cmyk.jpg": lambda image: (image.convert("CMYK"), dict(quality=100)),
    "cmyk.tif": lambda image: (image.convert("CMYK"), {}),
    "ycbcr.tif": lambda image: (image.convert("YCbCr"), {}),
    "lab.tif": lambda image: (lab(image), {}),
    "palette.png": lambda image: (image.quantize(256), {}),
    "palette.gif": lambda image: (image.quantize(256), {}),
    "palette.bmp": lambda image: (image.quantize(256), {}),
    "palette.tif": lambda image: (image.quantize(256), {}),
    "alpha.png": lambda image: (Image.fromarray(np.dstack([COLOR, ALPHA])), {}),
    "alpha.webp": lambda image: (Image.fromarray(np.dstack([COLOR, ALPHA])), dict(lossless=True, exact=True)),
    "alpha.tif": lambda image: (Image.fromarray(np.dstack([COLOR, ALPHA])), {}),
    "x.jp2": lambda image: (image, dict(irreversible=False)),
    "x.avif": lambda image: (image, dict(quality=100)),
    "x.ppm": lambda image: (image, {}),
}


@pytest.mark.parametrize("name", IN_COLOR)
def test_colour_models_come_out_as_rgb(name, tmp_path):
    image, options = IN_COLOR[name](Image.fromarray(COLOR))
    read = read_image(saved(tmp_path / name, image, **options))
    assert read.shape == COLOR.shape
    assert np.abs(read - COLOR).mean() < 7, np.abs(read - COLOR).mean()


WITH_GRAY = {
    "alpha.png": (Image.merge("LA", (Image.fromarray(GRAY), Image.fromarray(ALPHA))), {}),
    "alpha.tif": (Image.merge("LA", (Image.fromarray(GRAY), Image.fromarray(ALPHA))), {}),
    "alpha.jp2": (Image.merge("LA", (Image.fromarray(GRAY), Image.fromarray(ALPHA))), {}),
    "palette.png": (Image.fromarray(GRAY).convert("P"), {}),
    "palette.gif": (Image.fromarray(GRAY), {}),
    "palette.tif": (Image.fromarray(GRAY).convert("P"), {}),
    "palette.bmp": (Image.fromarray(GRAY).convert("P"), {}),
    "16.png": (Image.fromarray(GRAY.astype(np.uint16) * 257), {}),
    "16.jp2": (Image.fromarray(GRAY.astype(np.uint16) * 257), {}),
}


@pytest.mark.parametrize("name", WITH_GRAY)
def test_gray_stays_gray_with_alpha_and_with_a_palette(name, tmp_path):
    image, options = WITH_GRAY[name]
    read = read_image(saved(tmp_path / name, image, **options))
    assert read.shape == (24, 32, 1) and np.abs(read[..., 0] - GRAY).max() < 1.01


def test_16_bits_of_gray_with_alpha_stay_gray_and_deep(tmp_path):
    deep = GRAY.astype(np.uint16) * 257 + 5
    cv2.imwrite(str(tmp_path / "x.png"), np.dstack([deep, deep, deep, deep]))
    data = bytearray((tmp_path / "x.png").read_bytes())
    assert data[25] == 6  # RGBA, of which PNG has a gray kind that OpenCV does not write
    import struct
    import zlib

    rows = b"".join(b"\0" + row.tobytes() for row in np.dstack([deep, deep]).astype(">u2"))

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    header = struct.pack(">IIBBBBB", 32, 24, 16, 4, 0, 0, 0)
    (tmp_path / "y.png").write_bytes(
        bytes(data[:8]) + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )
    read = read_image(tmp_path / "y.png")
    assert read.shape == (24, 32, 1) and np.abs(read[..., 0] - deep / 257).max() < 0.01


@pytest.mark.parametrize("bits", [8, 16])
def test_a_tiff_whose_white_is_zero_is_inverted(bits, tmp_path):
    import tifffile

    values = 255 - GRAY if bits == 8 else (255 - GRAY).astype(np.uint16) * 257
    tifffile.imwrite(tmp_path / "x.tif", values, photometric="miniswhite")
    assert np.abs(read_image(tmp_path / "x.tif")[..., 0] - GRAY).max() < 0.01


@pytest.mark.parametrize("largest", [100, 255, 1023, 4095, 65535])
def test_brightness_of_pnm_is_by_the_largest_value_that_its_header_names(largest, tmp_path):
    values = np.rint(GRAY / 255 * largest).astype(">u2" if largest > 255 else np.uint8)
    (tmp_path / "x.pgm").write_bytes(b"P5\n# made by hand\n32 24\n%d\n" % largest + values.tobytes())
    assert np.abs(read_image(tmp_path / "x.pgm")[..., 0] - GRAY).max() <= 255 / largest


def test_tiffs_of_every_number_are_read(tmp_path):
    import tifffile

    for kind in ("int16", "int32", "uint32", "float16", "float64"):
        tifffile.imwrite(tmp_path / "x.tif", GRAY.astype(kind))
        read = read_image(tmp_path / "x.tif", is_thermal=True)[..., 0]
        assert np.corrcoef(read.ravel(), GRAY.ravel())[0, 1] > 0.999, kind


HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64)
NAMED = {
    "photo.heic": (HEIC, "is HEIC, which is not read here: install pillow-heif"),
    "photo.jpg": (HEIC, "is HEIC, which is not read here: install pillow-heif"),
    "x.jxl": (b"\xff\x0a" + bytes(20), "is JPEG XL, .*pillow-jxl-plugin"),
    "x.exr": (b"v/1\x01" + bytes(20), "is OpenEXR, .*convert it to PNG or 16-bit TIFF"),
    "film.png": (b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(64), "is video"),
    "x.png": (bytes(128) + b"DICM" + bytes(20), "is DICOM .*give it that ending"),
    "x.seq": (b"FFF\0" + bytes(20), "is FLIR .*export a 16-bit TIFF"),
}


@pytest.mark.parametrize("name", NAMED)
def test_formats_that_are_not_read_are_called_what_they_are(name, tmp_path, monkeypatch):
    monkeypatch.setattr("mmfusion_distill.images.image_header.find_spec", lambda name: None)
    data, says = NAMED[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ImageReadError, match=says) as caught:
        read_image(tmp_path / name)
    assert "damaged" not in str(caught.value) and "\n" not in str(caught.value)


def test_an_avif_without_the_plugin_is_not_called_damaged(tmp_path, monkeypatch):
    path = saved(tmp_path / "x.avif", Image.fromarray(COLOR))
    monkeypatch.setattr("mmfusion_distill.images.decoding.can_be_read", lambda kind: False)
    with pytest.raises(
        ImageReadError, match=r"x\.avif is AVIF, which is not read here: install 'pillow>=11.3'"
    ):
        read_image(path)


def test_a_plugin_that_is_installed_is_asked_for_its_formats(monkeypatch):
    import sys
    from types import SimpleNamespace

    from mmfusion_distill.images import image_header

    def register():
        Image.register_open("HEIF", Image.Image)

    plugin = SimpleNamespace(register_heif_opener=register)
    monkeypatch.setattr(image_header, "find_spec", lambda name: name == "pillow_heif")
    monkeypatch.setitem(sys.modules, "pillow_heif", plugin)
    kind = foreign_format(HEIC)
    try:
        assert image_header.can_be_read(kind)
    finally:
        Image.OPEN.pop("HEIF", None)
        Image.ID.remove("HEIF")


def tiff_of(*entries):
    """A TIFF without pixels, of 32-bit tags."""
    tags = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + tags + bytes(4)


def gif_of(screen, picture, between=b""):
    """A GIF without pixels."""
    start = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + bytes(6) + between
    return start + b"," + struct.pack("<HHHHB", 0, 0, *picture, 0) + b"\x02\x00;"


@pytest.mark.parametrize(
    "data",
    [
        tiff_of((256, 8), (257, 8), (256, 20_000), (257, 20_000)),
        tiff_of((256, 20_000), (257, 20_000), (256, 8), (257, 8)),
        tiff_of(*[(60_000, 0)] * 2000, (256, 20_000), (257, 20_000)),
        gif_of((8, 8), (20_000, 20_000)),
        gif_of((20_000, 20_000), (8, 8)),
        gif_of((8, 8), (20_000, 20_000), between=b"!\xfe\x03a,b\0\0\0"),
    ],
)
def test_a_file_that_says_two_sizes_is_as_large_as_decoders_may_take_it_for(data, tmp_path):
    header = read_header(data)
    assert (header.height, header.width) == (20_000, 20_000)
    (tmp_path / "bomb.gif").write_bytes(data)
    with pytest.raises(ImageReadError, match="20000x20000|400 million"):
        read_image(tmp_path / "bomb.gif")


def test_a_tiff_of_a_thousand_channels_is_refused_before_they_are_decoded(tmp_path, monkeypatch):
    tifffile = pytest.importorskip("tifffile")
    monkeypatch.setattr(tifffile.TiffPage, "asarray", lambda self: pytest.fail("decoded"))
    pixels = np.zeros((4, 4, 1000), np.uint8)
    tifffile.imwrite(tmp_path / "many.tif", pixels, photometric="minisblack", planarconfig="contig")
    with pytest.raises(ImageReadError, match="many.tif is a TIFF of 1000 bands"):
        read_image(tmp_path / "many.tif")


def test_an_avif_behind_a_generic_brand_is_one():
    assert foreign_format(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf").name == "AVIF"


def test_colour_of_16_bits_in_jpeg_2000_keeps_them(tmp_path):
    # OpenCV's encoder takes no small images.
    deep = np.tile(COLOR.astype(np.uint16) * 257, (4, 4, 1))
    cv2.imwrite(str(tmp_path / "x.jp2"), deep)
    assert decode((tmp_path / "x.jp2").read_bytes(), "x.jp2").pixels.dtype == np.uint16
