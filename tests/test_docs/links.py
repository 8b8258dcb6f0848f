"""Links of Markdown files: where they are, and whether they lead anywhere. Nothing is asked of the network."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from documents import FENCE, INLINE

#: `[text](target)`, `![text](target "title")`, `<https://...>`.
LINK = re.compile(r"\]\(\s*([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:\s+\"[^\"]*\")?\s*\)|<(https?:[^>\s]*)>")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
HOST = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?|localhost(:\d+)?|127\.0\.0\.1(:\d+)?")


class Link(NamedTuple):
    """A link of a document.

    Args:
        line (int): Its line, from 1.
        target (str): A path from the document's folder, '#anchor', both, or an address.
    """

    line: int
    target: str


def links(path: Path) -> Iterator[Link]:
    """The links of a Markdown file, without what is code."""
    text = _without_code(path)
    for found in LINK.finditer(text):
        yield Link(text.count("\n", 0, found.start()) + 1, found[1] if found[2] is None else found[2])


def anchors(path: Path) -> set[str]:
    """The anchors of a Markdown file's headings, as GitHub and MyST name them."""
    seen: Counter[str] = Counter()
    names = set()
    for found in HEADING.finditer(FENCE.sub("", path.read_text())):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", found[1])
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        names.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return names


def problem(document: Path, target: str) -> str:
    """What is wrong with a link, '' if nothing is: files and anchors must exist, addresses must look like one."""
    if re.match(r"[a-zA-Z][\w+.-]*:", target):
        address = urlsplit(target)
        is_address = address.scheme in ("http", "https") and HOST.fullmatch(address.netloc)
        return "" if is_address else "is no address of a page"
    path, _, anchor = target.partition("#")
    if not path and not anchor:
        return "is empty"
    file = document.parent / path if path else document
    if not file.exists():
        return "there is no such file"
    if anchor and (file.suffix != ".md" or anchor not in anchors(file)):
        return "there is no such heading"
    return ""


def _without_code(path: Path) -> str:
    """The text with empty lines for blocks of code and blanks for code in a line."""
    text = FENCE.sub(lambda found: "\n" * found[0].count("\n"), path.read_text())
    return INLINE.sub(lambda found: " " * len(found[0]), text)
