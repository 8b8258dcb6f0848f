"""Pictures on disk: reading, writing, pairing. NumPy and OpenCV only, PyTorch is not needed."""

from ..lazy import lazy_attributes

# A command that only prints its help pays for none of them.
__getattr__, __all__ = lazy_attributes(
    __name__,
    {
        "ImagePair": ".pairing",
        "ImageReadError": ".picture_source",
        "PairFuser": ".pair_fuser",
        "PairingError": ".image_files",
        "PictureSource": ".picture_source",
        "find_pairs": ".pairing",
        "list_images": ".image_files",
        "read_image": ".image_io",
        "read_image_pair": ".image_io",
        "read_name_list": ".image_files",
        "write_image": ".image_io",
    },
)
