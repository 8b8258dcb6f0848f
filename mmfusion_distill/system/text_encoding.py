"""Text files of any of the encodings that editors write by themselves."""

import codecs
import unicodedata

#: Marks of byte order, the longer ones first: that of UTF-16 begins that of UTF-32.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: Control characters that occur in text: tabulators, ends of lines and of pages.
_HARMLESS = set("\t\n\r\v\f\x85")


def decode_text(data: bytes, errors: str = "strict") -> str:
    """Text of a file in UTF-8, UTF-16 or UTF-32.

    Args:
        data (bytes): The file.
        errors (str): What becomes of bytes that UTF-8 does not have, as for `bytes.decode`. Default: 'strict'.

    Raises:
        UnicodeDecodeError: If it is in another encoding.
    """
    encoding = _encoding_of(data)
    return data.decode(encoding, errors if encoding.startswith("utf-8") else "strict")


def is_printable(text: str) -> bool:
    """Whether a text is one: images and archives that were decoded have control characters."""
    return all(unicodedata.category(c) != "Cc" or c in _HARMLESS for c in set(text))


def _encoding_of(data: bytes) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    # Without a mark every second byte of the usual letters is zero.
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = data[start::2]
        if len(data) % 2 == 0 and half.count(0) > len(half) / 2 and 0 not in data[1 - start :: 2]:
            return name
    return "utf-8"
