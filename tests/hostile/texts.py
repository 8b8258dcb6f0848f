"""Files instead of an annotation or a list of names, and what is said of them (None: they are read)."""

import os
from typing import NamedTuple

from .pictures import encoded, link_loop, raw, with_socket


class Case(NamedTuple):
    """A file instead of `text.txt`."""

    name: str
    make: object
    annotation_says: str | None
    list_says: str | None


NO_EVENT = "no event found"
CASES = (
    Case("named pipe", lambda path: os.mkfifo(path), "is a named pipe", "is a named pipe"),
    Case("endless device", lambda path: path.symlink_to("/dev/zero"), "is a device", "is a device"),
    Case("socket", with_socket, "is a socket", "is a socket"),
    Case("link to itself", link_loop, "Too many levels", "Too many levels"),
    Case("folder", lambda path: path.mkdir(), "is a folder", "is a folder"),
    Case("nothing", lambda path: None, "No such file", "does not exist"),
    Case("empty", raw(b""), NO_EVENT, "is empty"),
    Case("blank", raw(b"\n \n\t\n"), NO_EVENT, "is empty"),
    Case("10 MB of spaces", raw(b" " * 10_000_000), "larger than", "is empty"),
    Case("200 kB of stars", raw(b"*" * 200_000), NO_EVENT, None),
    Case("200 kB of open brackets", raw(b"[" * 200_000), "broken or cut off", None),
    Case("200 kB of numbered brackets", raw(b"[1," * 66_000), "broken or cut off|no event", None),
    Case("200 kB of one event line", raw(b"Event Type: " + b"low_light, " * 15_000), None, None),
    Case("200 kB of quotes", raw(b"Event Type: haze\nDescription: " + b'"' * 190_000), None, None),
    Case("200 kB of events", raw(b"Event Type: haze\n\n" * 10_000), None, None),
    Case("bytes that are no text", raw(b"Event Type: haze\xff\xfe"), "is not UTF-8 text", None),
    Case("zero bytes", raw(b"\0" * 1000), NO_EVENT, "is no text: name a text file"),
    Case("picture", raw(encoded(".png")), "is not UTF-8 text", "is no text: name"),
    Case("UTF-16 cut in a character", raw("scene".encode("utf-16")[:-1]), "is not UTF-8 text", "is no text"),
    Case("UTF-16 without its mark", raw("scene".encode("utf-16-le")), NO_EVENT, None),
    Case("UTF-16", raw("Event Type: haze".encode("utf-16")), None, None),
    Case("with a mark of byte order", raw(b"\xef\xbb\xbfEvent Type: haze"), None, None),
    Case("line ends of Windows", raw(b"Event Type: haze\r\nDescription: far\r\n"), None, None),
    Case(
        "markup that runs nothing",
        raw(b"Event Type: !!python/object/apply:os.system ['touch x']"),
        None,
        None,
    ),
    Case("right-to-left and joined letters", raw("Event Type: ضباب\u202e\u200dhaze".encode()), None, None),
    Case("JSON that breaks off", raw(b'[{"type": "haze", "description": "fa'), "broken or cut off", None),
    Case("JSON nested 10,000 deep", raw(b'{"a":' * 10_000 + b"1" + b"}" * 10_000), "broken|no event", None),
    Case("numbers in the place of names", raw(b'{"events": [{"type": 5}, {"type": null}]}'), NO_EVENT, None),
)
