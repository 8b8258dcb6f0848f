"""A page for a browser in one file, which needs nothing else and no network."""

import base64
import html
from collections.abc import Sequence
from pathlib import Path

from .regular_file import write_text_atomically
from .table import Cell, Table

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; margin: 0 auto; padding: 1rem 1.5rem 4rem;
  max-width: 1200px; }
h1 { margin-bottom: 0; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ddd; }
p.lead { font-size: 1.15rem; margin-top: .3rem; color: #444; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; display: block; overflow-x: auto; }
th, td { padding: .25rem .8rem; text-align: right; border-bottom: 1px solid #eee; white-space: nowrap; }
th:first-child, td:first-child, .words { text-align: left; }
th { border-bottom: 2px solid #bbb; }
figure { margin: 1rem 0; } img { max-width: 100%; height: auto; }
figcaption { color: #555; font-size: .9rem; }
pre { background: #f4f4f4; padding: .7rem 1rem; white-space: pre-wrap; border-radius: 4px; }
@media (prefers-color-scheme: dark) { body { background: #16181b; color: #ddd; } p.lead, figcaption { color: #aaa; }
  pre { background: #24272b; } th, td { border-color: #333; } figure img { background: #fff; } }
"""
_KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"<?xml": "image/svg+xml"}


class HtmlPage:
    """A page that is written from the top to the bottom."""

    def __init__(self, title: str, lead: str) -> None:
        self._title = html.escape(title)
        self._parts = [f"<h1>{self._title}</h1>", f'<p class="lead">{html.escape(lead)}</p>']

    def heading(self, text: str) -> None:
        """Begin a section."""
        self._parts.append(f"<h2>{html.escape(text)}</h2>")

    def text(self, text: str) -> None:
        """Add a paragraph."""
        self._parts.append(f"<p>{html.escape(text)}</p>")

    def code(self, text: str) -> None:
        """Add what is typed in a terminal."""
        self._parts.append(f"<pre>{html.escape(text)}</pre>")

    def table(self, table: Table) -> None:
        """Add a table; numbers are at the right of their columns, words at the left."""
        kinds = [
            ' class="words"' if any(str(cell)[:1].isalpha() for cell in column) else ""
            for column in zip(*table.rows, strict=True)
        ] or [""] * len(table.titles)
        titles = zip(kinds, table.titles, strict=True)
        rows = ["".join(f"<th{kind}>{html.escape(str(title))}</th>" for kind, title in titles)]
        rows += ["".join(map(_cell, kinds, row)) for row in table.rows]
        self._parts.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")

    def picture(self, data: bytes, caption: str) -> None:
        """Add an image."""
        kind = next(kind for start, kind in _KINDS.items() if data.startswith(start))
        source = f"data:{kind};base64,{base64.b64encode(data).decode()}"
        words = html.escape(caption)
        self._parts.append(
            f'<figure><img src="{source}" alt="{words}"><figcaption>{words}</figcaption></figure>'
        )

    def write(self, path: str | Path) -> None:
        """Write the page."""
        head = (
            '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{self._title}</title><style>{_STYLE}</style>"
        )
        body = "\n".join(self._parts)
        write_text_atomically(
            path, f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{body}\n</body></html>\n'
        )


def bold_best(rows: Sequence[Sequence[float]]) -> list[list[Cell]]:
    """Cells of a table whose highest value of each column stands out."""
    best = [max(column) for column in zip(*rows)]
    return [
        [Cell(f"{value:.3f}", "bold" if value == best[index] else "") for index, value in enumerate(row)]
        for row in rows
    ]


def _cell(kind: str, cell: object) -> str:
    text = html.escape(str(cell))
    is_bold = isinstance(cell, Cell) and cell.emphasis == "bold"
    return f"<td{kind}>{f'<b>{text}</b>' if is_bold else text}</td>"
