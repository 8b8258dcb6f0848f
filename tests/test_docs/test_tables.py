"""Tables of the documents have as many cells in every row as in their head."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(page.relative_to(ROOT) for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_row_has_as_many_cells_as_the_head(page):
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    for number, (above, line) in enumerate(zip(lines, lines[1:], strict=False), start=2):
        if line.startswith("|") and above.startswith("|"):
            assert _cells(line) == _cells(above), f"{page}:{number}"


def _cells(row: str) -> int:
    return row.replace(r"\|", "").count("|")
