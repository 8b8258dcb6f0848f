"""What the documents say: the commands, code and paths in them."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from conftest import ROOT

DOCUMENTS = [
    path
    for pattern in (
        "*.md",
        *(f"{folder}/**/*.md" for folder in ("docs", "demo", "configs", "mmfusion_distill", "tests")),
    )
    for path in sorted(ROOT.glob(pattern))
]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
#: How commands in running text begin.
COMMANDS = ("mmfusion ", "python ", "bash ", "make ", "pip install ", "pytest ")
FOLDERS = ("configs", "docs", "mmfusion_distill", "requirements", "tests", "tools")


class Passage(NamedTuple):
    """Words of a document and where they are.

    Args:
        place (str): 'FILE:LINE'.
        text (str): The words.
        whole (bool): Whether it stands by itself; in running text a command may lack arguments. Default: True.
    """

    place: str
    text: str
    whole: bool = True


def blocks(*languages: str) -> Iterator[Passage]:
    """The fenced blocks in one of these languages."""
    for path in DOCUMENTS:
        text = path.read_text()
        for found in FENCE.finditer(text):
            if found[2] in languages:
                yield Passage(_place(path, text, found.start(3)), found[3])


def inline_code() -> Iterator[Passage]:
    """What stands between backticks, outside of blocks."""
    for path in DOCUMENTS:
        # Blocks become empty lines, so that the numbers of the lines stay.
        text = FENCE.sub(lambda found: "\n" * found[0].count("\n"), path.read_text())
        for found in INLINE.finditer(text):
            yield Passage(_place(path, text, found.start()), found[1], False)


def commands() -> Iterator[Passage]:
    """Every single command of the documents."""
    for place, text, _ in blocks("bash", "shell", "sh", "console"):
        file, _, line = place.partition(":")
        number = int(line)
        for command in text.replace("\\\n", "\\\0").splitlines():
            words = _words(command.replace("\\\0", " "))
            for part in _split(words):
                yield Passage(f"{file}:{number}", shlex.join(part))
            number += 1 + command.count("\0")
    for place, text, _ in inline_code():
        if f"{text} ".startswith(COMMANDS) and "/..." not in text:
            for part in _split(_words(text)):
                yield Passage(place, shlex.join(part), False)


def paths() -> Iterator[Passage]:
    """What stands in running text or a command and looks like a path of the repository."""
    for place, text, _ in [*inline_code(), *commands()]:
        for word in re.split(r"[\s:='\"`()]+", text):
            if word.startswith(tuple(f"{folder}/" for folder in FOLDERS)) and "..." not in word:
                yield Passage(place, word.rstrip(".,;"))


def _place(path: Path, text: str, start: int) -> str:
    return f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, start) + 1}"


def _words(command: str) -> list[str]:
    """Words without comments, of a form too: `[--flag {one,two}]` is read as `--flag one`."""
    form = re.sub(r"(?<=\s)\[([^]\"']*)\]", r"\1", command)
    form = re.sub(r"(?<=\s)\{(\w+),[^}\"']*\}", r"\1", form)
    return [word for word in shlex.split(form, comments=True) if word != "..."]


def _split(words: list[str]) -> Iterator[list[str]]:
    """The single commands of a line, without the variables before them."""
    command: list[str] = []
    for word in [*words, ";"]:
        if word not in ("&&", "|", ";"):
            if command or not re.match(r"\w+=", word):
                command.append(word)
            continue
        if command:
            yield command
        command = []
