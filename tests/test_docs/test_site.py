"""The documentation site builds without a warning and shows every public name."""

import importlib
import inspect
import os
import re
import subprocess
import sys

import pytest
from conftest import ROOT

pytest.importorskip("sphinx", reason="the site needs the extra 'docs', from Python 3.11 on")
pytest.importorskip("myst_parser", reason="the site needs the extra 'docs', from Python 3.11 on")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-d", folder / "doctrees"]
        + [ROOT / "docs", folder / "html"],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


def test_every_document_is_a_page(site):
    for path in (ROOT / "docs").rglob("*.md"):
        page = site / path.relative_to(ROOT / "docs").with_suffix(".html")
        assert page.is_file()
        assert "<h1>" in page.read_text()


def test_every_public_class_and_function_of_a_room_is_in_the_reference(site):
    documented = "".join(page.read_text() for page in (site / "api").glob("*.html"))
    sources = "".join(page.read_text() for page in (ROOT / "docs" / "api").glob("*.md"))
    rooms = re.findall(r"automodule:: (\S+)", sources)
    assert {"mmfusion_distill.apis", "mmfusion_distill.models.losses"} <= set(rooms)
    for room in map(importlib.import_module, rooms):
        for name, value in inspect.getmembers(room):
            is_own = not name.startswith("_") and getattr(value, "__module__", "") == room.__name__
            if name not in getattr(room, "__all__", [name] if is_own else []):
                continue
            if inspect.isclass(getattr(room, name)) or inspect.isroutine(getattr(room, name)):
                assert re.search(rf'id="mmfusion_distill\.[\w.]*\b{name}"', documented), f"{name} is missing"


def test_links_between_documents_of_the_repository_lead_to_pages(site):
    assert 'href="configs_mix.html"' in (site / "mix.html").read_text()
    assert 'href="mix.html"' in (site / "configs_mix.html").read_text()
    assert re.search(r'href="_downloads/\w+/tiny\w+[^"]*\.py"', (site / "configs.html").read_text())
