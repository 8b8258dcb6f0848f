"""Every link of every document leads to a file and a heading that exist."""

import pytest
from conftest import ROOT
from documents import DOCUMENTS
from links import anchors, links, problem


def test_links_of_the_documents_lead_somewhere():
    found = [(path, link) for path in DOCUMENTS for link in links(path)]
    assert len(found) > 100
    broken = [
        f"{path.relative_to(ROOT)}:{link.line}: {link.target}: {what}"
        for path, link in found
        if (what := problem(path, link.target))
    ]
    assert not broken, "\n".join(broken)


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "page.md"
    path.write_text(
        '# A page\n\n[a](other.md#one-two) ![b](b.png "B")\n\n'
        "```bash\n# No heading\necho '[x](y.md)'\n```\n\n## `code`: and more\n\n`[c](d.md)` <https://a.org/b_(c)>\n\n"
        "## Twice\n\n## Twice\n"
    )
    (tmp_path / "other.md").write_text("## One [two](page.md)\n")
    return path


def test_links_are_found_and_code_is_not(page):
    assert [*links(page)] == [(3, "other.md#one-two"), (3, "b.png"), (12, "https://a.org/b_(c)")]


def test_anchors_are_those_of_github(page):
    assert anchors(page) == {"a-page", "code-and-more", "twice", "twice-1"}


@pytest.mark.parametrize(
    "target", ["other.md", "other.md#one-two", "#twice-1", "https://arxiv.org/abs/1", "http://127.0.0.1:7860"]
)
def test_a_link_that_leads_somewhere(page, target):
    assert problem(page, target) == ""


@pytest.mark.parametrize(
    ("target", "what"),
    [
        ("missing.md", "no such file"),
        ("other.md#one", "no such heading"),
        ("#no-heading", "no such heading"),
        ("", "empty"),
        ("https://", "no address"),
        ("htps://arxiv.org/abs/1", "no address"),
    ],
)
def test_a_link_that_leads_nowhere(page, target, what):
    assert what in problem(page, target)
