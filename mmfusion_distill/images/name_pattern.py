"""Patterns of names, for sources whose files are not named alike."""

import re
import unicodedata
from collections.abc import Mapping

from ..user_errors import UserError
from .name_joining import join_names

_FIELD = re.compile(r"\{(\w+)\}")


class NamePattern:
    """A pattern of names: what stands in braces is equal in both sources, `*` is anything else.

    Args:
        text (str): E.g. '{name}_vis', 'DJI_*_{name}_T.JPG' or '{scene}/ir/{name}'; without an extension any is meant.

    Raises:
        UserError: If it has no field, one twice, or braces around something else.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.fields = _FIELD.findall(text)
        is_wrong = not self.fields or len(set(self.fields)) < len(self.fields)
        if (
            is_wrong
            or set(_FIELD.sub("", text)) & set("{}")
            or any(field[0].isdigit() for field in self.fields)
        ):
            raise UserError(
                f"the pattern '{text}' is none: write {{name}} for what the names of both sources have in common, "
                "e.g. '{name}_vis'"
            )
        parts = [self._regex_of(part) for part in re.split(r"(\{\w+\}|\*)", _composed(text))]
        self._regex = re.compile("".join(parts), re.DOTALL)

    @staticmethod
    def _regex_of(part: str) -> str:
        if part == "*":
            return "[^/]*"
        field = _FIELD.fullmatch(part)
        return f"(?P<{field[1]}>.+)" if field else re.escape(part)

    def read(self, name: str) -> dict[str, str] | None:
        """Values of the fields in a name, which may be a path with slashes; None if it does not fit."""
        match = self._regex.fullmatch(_composed(name))
        return match.groupdict() if match else None


def _composed(text: str) -> str:
    # macOS writes accents apart from their letters.
    return unicodedata.normalize("NFC", text)


def match_patterns(
    files_a: Mapping[str, str], files_b: Mapping[str, str], patterns: tuple[NamePattern, NamePattern]
) -> dict[str, tuple[str, str]]:
    """Match names by a pattern for each source.

    Args:
        files_a (Mapping[str, str]): Of source A, file names without extension by those with it.
        files_b (Mapping[str, str]): Of source B; may be the same ones.
        patterns (tuple[NamePattern, NamePattern]): Of A and of B.

    Returns:
        dict[str, tuple[str, str]]: By the name of the pair (what its names have in common) the file names of A
        and B.

    Raises:
        UserError: If the patterns differ in their fields, or make one name of two files.
    """
    pattern_a, pattern_b = patterns
    if set(pattern_a.fields) != set(pattern_b.fields):
        raise UserError(
            f"the patterns '{pattern_a.text}' and '{pattern_b.text}' have not the same in braces: write {{name}} in "
            "both"
        )
    found_a, found_b = (
        _by_name(files, pattern, pattern_a.fields) for files, pattern in zip((files_a, files_b), patterns)
    )
    files_of_a, files_of_b = ({file: name for name, file in found.items()} for found in (found_a, found_b))
    return {files_of_a[a]: (a, b) for a, b in join_names(files_of_a, files_of_b).items()}


def _by_name(files: Mapping[str, str], pattern: NamePattern, fields: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for file, stem in files.items():
        values = pattern.read(stem) or pattern.read(file)
        if values is None:
            continue
        name = "_".join(values[field] for field in fields)
        if name in found:
            raise UserError(
                f"the pattern '{pattern.text}' takes both {found[name]} and {file} for {name}: make it narrower"
            )
        found[name] = file
    return found
