"""JPEG files that were cut off and closed, whose missing part decoders fill with gray."""

import cv2
import numpy as np


def ends_in_fill(data: bytes, image: np.ndarray) -> bool:
    """Whether a JPEG was cut off and closed with an end marker.

    Its last blocks are then the decoder's middle gray, and its last byte describes a block far before them. Files
    that lack less than four blocks pass.

    Args:
        data (bytes): The file.
        image (np.ndarray): Its pixels, (H, W) or (H, W, C) uint8.
    """
    ends = slice(8), slice(-8, None)
    corners = [image[rows, columns] for rows in ends for columns in ends]
    if not data.startswith(b"\xff\xd8") or not any((corner == 128).all() for corner in corners):
        return False
    # Blocks stand in the order of the rows of the file, however it is to be turned.
    whole = _decode_unturned(data)
    if whole is None or (whole[-8:, -8:] != 128).any():
        return False
    end = data.rfind(b"\xff\xd9")
    blocks_of_row, blocks_of_column = -(-whole.shape[1] // 16), -(-whole.shape[0] // 16)
    # Of a whole file these bytes hold few blocks; of a cut one the last may hold nothing.
    for removed in (1, 2, 3):
        shorter = _decode_unturned(data[: end - removed] + b"\xff\xd9")
        if shorter is None:
            continue
        rows, columns = np.nonzero((whole != shorter).any(axis=2))
        if rows.size:
            last = int((rows // 16 * blocks_of_row + columns // 16).max())
            return last < blocks_of_row * blocks_of_column - 3
    return False


def _decode_unturned(data: bytes) -> np.ndarray | None:
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    return cv2.imdecode(np.frombuffer(data, np.uint8), flags)
