"""A table of results, written once and printed for a page, a paper, a spreadsheet or a terminal."""

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

_MARKDOWN = {"": "{}", "bold": "**{}**", "underline": "<u>{}</u>"}
_LATEX = {"": "{}", "bold": r"\textbf{{{}}}", "underline": r"\underline{{{}}}"}
_LATEX_SIGNS = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "^": r"\^{}",
        "~": r"\~{}",
        "↑": r"$\uparrow$",
        "↓": r"$\downarrow$",
        "±": r"$\pm$",
        "†": r"$^\dagger$",
        **{sign: "\\" + sign for sign in "_%&#${}"},
    }
)


def shown(value: float | None, form: str) -> str:
    """A value in a format of Python's, '-' where there is none."""
    return "-" if value is None else format(value, form)


class Cell(NamedTuple):
    """A value that stands out.

    Args:
        text (str): The value.
        emphasis (str): '', 'bold' or 'underline'. Default: ''.
        after (str): What follows the value without emphasis. Default: ''.
    """

    text: str
    emphasis: str = ""
    after: str = ""

    def __str__(self) -> str:
        return self.text + self.after


@dataclass(frozen=True)
class Table:
    """Titles and rows; the first column is aligned left, the others right.

    Args:
        titles (Sequence[str]): Of the columns.
        rows (Sequence[Sequence[object]]): Cells: a :class:`Cell`, or what its `str` is.
    """

    titles: Sequence[str]
    rows: Sequence[Sequence[object]]

    def to_markdown(self) -> str:
        """A Markdown table, without a line break at its end."""
        lines = [f"| {' | '.join(row)} |" for row in self._styled(_MARKDOWN, str.maketrans({"|": r"\|"}))]
        lines.insert(1, "|---|" + "---:|" * (len(self.titles) - 1))
        return "\n".join(lines)

    def to_latex(self, rules_above: Collection[int] = ()) -> str:
        """A LaTeX `tabular` with booktabs rules.

        Args:
            rules_above (Collection[int]): Rows above which a rule is drawn. Default: none.
        """
        header, *rows = (" & ".join(row) + r" \\" for row in self._styled(_LATEX, _LATEX_SIGNS))
        lines = [r"\begin{tabular}{l" + "r" * (len(self.titles) - 1) + "}", r"\toprule", header, r"\midrule"]
        for index, row in enumerate(rows):
            lines += [r"\midrule", row] if index in rules_above else [row]
        return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"])

    def to_csv(self) -> str:
        """Comma-separated values, one line a row."""
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows([self.titles, *self.rows])
        return buffer.getvalue()

    def to_text(self) -> str:
        """Columns of equal width."""
        rows = [[str(cell) for cell in row] for row in [self.titles, *self.rows]]
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
        lines.insert(1, "  ".join("-" * width for width in widths))
        return "\n".join(lines)

    def _styled(self, emphasis: dict[str, str], escapes: dict[int, str]) -> list[list[str]]:
        """Titles and rows in a language: signs escaped, what stands out marked."""
        styled = []
        for row in [self.titles, *self.rows]:
            cells = [cell if isinstance(cell, Cell) else Cell(str(cell)) for cell in row]
            styled.append(
                [
                    emphasis[cell.emphasis].format(cell.text.translate(escapes))
                    + cell.after.translate(escapes)
                    for cell in cells
                ]
            )
        return styled
