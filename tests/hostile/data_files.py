"""Files instead of arrays, DICOM, NIfTI and radiometric JPEGs: what makes them, and what is said."""

import gzip
import io
import os
import struct

import numpy as np

from hostile.pictures import Case, encoded, raw


def saved(array: np.ndarray, **options) -> bytes:
    data = io.BytesIO()
    np.save(data, array, **options)
    return data.getvalue()


def npy_of(shape: tuple, kind: str = "<f4") -> bytes:
    """A header that promises an array, and few bytes of it."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header.encode() + bytes(64)


def nifti_of(*shape: int) -> bytes:
    """A header that promises a volume, and few bytes of it."""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, len(shape), *shape, *[1] * (7 - len(shape)))
    struct.pack_into("<hh", header, 70, 4, 16)
    struct.pack_into("<f", header, 108, 352.0)
    header[344:348] = b"n+1\0"
    return bytes(header) + bytes(64)


class _Program:
    def __reduce__(self):
        return os.system, ("touch x",)


def flir_segment() -> bytes:
    """A JPEG whose segment of FLIR is cut."""
    jpeg = encoded(".jpg")
    return jpeg[:2] + b"\xff\xe1\0\x20FLIR\0\1\0\0" + bytes(22) + jpeg[2:]


CASES = (
    Case(
        "array of objects", ".npy", raw(saved(np.array([_Program()]), allow_pickle=True)), "no array of plain"
    ),
    Case("pickle as array", ".npy", raw(b"\x80\x04\x95cos\nsystem\n(S'touch x'\ntR."), "no array of plain"),
    Case("archive as array", ".npy", raw(b"PK\x03\x04" + bytes(99)), "no array of plain"),
    Case("empty array file", ".npy", raw(b""), "no array of plain"),
    Case("array cut off", ".npy", raw(saved(np.zeros((64, 72)))[:999]), "no array of plain|cut off"),
    Case("array of 10^12 values", ".npy", raw(npy_of((10**6, 10**6))), "no array of plain|more than"),
    Case("array of a negative length", ".npy", raw(npy_of((-5, 72))), "no array|no image"),
    Case("array of one axis", ".npy", raw(saved(np.zeros(9))), "no image"),
    Case("array without pixels", ".npy", raw(saved(np.zeros((0, 72)))), "no image"),
    Case("array of text", ".npy", raw(saved(np.full((64, 72), "x"))), "no pixels"),
    Case("array of not a number", ".npy", raw(saved(np.full((64, 72), np.nan))), "values from nan"),
    Case("pipe as array", ".npy", lambda path: os.mkfifo(path), "is a named pipe"),
    Case("image as DICOM", ".dcm", raw(encoded(".png")), "no DICOM file"),
    Case("empty DICOM", ".dcm", raw(b""), "no DICOM file"),
    Case("head of a DICOM", ".dcm", raw(bytes(128) + b"DICM"), "no DICOM file"),
    Case(
        "DICOM of noise", ".dcm", raw(bytes(128) + b"DICM" + np.random.default_rng(0).bytes(9999)), "no DICOM"
    ),
    Case("device as DICOM", ".dcm", lambda path: path.symlink_to("/dev/zero"), "is a device"),
    Case("image as NIfTI", ".nii", raw(encoded(".png")), "no NIfTI file"),
    Case("empty NIfTI", ".nii.gz", raw(b""), "no NIfTI file"),
    Case("text as packed NIfTI", ".nii.gz", raw(b"hello"), "no NIfTI file"),
    Case("NIfTI cut off", ".nii", raw(nifti_of(64, 72, 9)), "no NIfTI file"),
    Case("packed NIfTI cut off", ".nii.gz", raw(gzip.compress(nifti_of(64, 72, 9))[:-20]), "no NIfTI file"),
    Case("NIfTI of 10^13 values", ".nii", raw(nifti_of(30_000, 30_000, 30_000)), "more than"),
    Case(
        "packed NIfTI of 10^13 values",
        ".nii.gz",
        raw(gzip.compress(nifti_of(30_000, 30_000, 30_000))),
        "more",
    ),
    Case("NIfTI of a negative length", ".nii", raw(nifti_of(-3, 72, 9)), "no NIfTI file|no pixels"),
)

#: As source B, read as temperatures.
THERMAL_CASES = (Case("segment of FLIR cut off", ".jpg", raw(flir_segment()), "cannot be read"),)
