"""The documentation site: `make docs` builds it into build/site, with warnings as errors.

The pages are the Markdown files of this folder, some of the repository (`PAGES`), and docstrings.
"""

import importlib
import os
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
# The package is imported from here, whichever copy is installed.
sys.path.insert(0, str(ROOT))

from mmfusion_distill.version import __version__  # noqa: E402

project = "mmfusion_distill"
author = "The maintainers of mmfusion_distill"
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["images"]

html_theme = "furo"
html_title = f"{project} {release}"
html_copy_source = False
html_show_copyright = False

myst_heading_anchors = 3
# Prompts and outputs are not part of what is copied.
copybutton_exclude = ".linenos, .gp, .go"

# Docstrings are in Google's style, with types in them and Markdown's single backticks.
default_role = "code"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

#: Files of the repository that are pages, each included by a stub in this folder.
PAGES = {
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "configs/fusion_distill/README.md": "configs.md",
    "configs/mix/README.md": "configs_mix.md",
    "mmfusion_distill/weights/README.md": "weights.md",
}
LINK = re.compile(r"\]\((?!https?:|#)([^)\s#]+)")


def link_pages(text: str, folder: Path) -> str:
    """Give the links of a file, which lead from where it lies, the targets that they have on the site.

    Args:
        text (str): Markdown.
        folder (Path): Where the file lies.

    Returns:
        str: The same, with links from this folder; other files of the repository become downloads.
    """

    def replace(found: re.Match) -> str:
        path = os.path.relpath(folder / found[1], ROOT)
        return f"]({PAGES.get(path, os.path.relpath(ROOT / path, DOCS))}"

    return LINK.sub(replace, text)


def read_page(app: Any, name: str, source: list[str]) -> None:
    source[0] = link_pages(source[0], DOCS)


def read_included(app: Any, path: Path, parent: str, content: list[str]) -> None:
    content[0] = link_pages(content[0], (DOCS / path).parent)


def prepare_rooms(app: Any, name: str, source: list[str]) -> None:
    """Have every public name where autodoc looks, and what two rooms of a page hand out in the first of them only."""
    seen: set[int] = set()

    def prepare(directive: re.Match) -> str:
        room = importlib.import_module(directive[1])
        public = {name: id(getattr(room, name)) for name in public_names(room)}
        repeated = [name for name, value in public.items() if value in seen]
        seen.update(public.values())
        return f"{directive[0]}\n   :exclude-members: {', '.join(repeated)}" if repeated else directive[0]

    source[0] = re.sub(r"^\.\. automodule:: (\S+)", prepare, source[0], flags=re.MULTILINE)


def public_names(module: ModuleType) -> list[str]:
    """What a room hands out; of a single module, what is defined there."""
    defined = (
        name for name, value in vars(module).items() if getattr(value, "__module__", "") == module.__name__
    )
    return getattr(module, "__all__", None) or [name for name in defined if not name.startswith("_")]


def find_by_short_name(app: Any, env: Any, node: Any, shown: Any) -> Any:
    """Where a docstring names a class of another room by its short name, as all of them do, lead there."""
    python = env.domains["py"]
    ending = f".{node['reftarget']}"
    found = [name for name, entry in python.objects.items() if name.endswith(ending) and not entry.aliased]
    if node.get("refdomain") != "py" or len(found) != 1:
        return None
    return python.resolve_xref(env, node["refdoc"], app.builder, node["reftype"], found[0], node, shown)


def setup(app: Any) -> None:
    app.connect("source-read", read_page)
    app.connect("source-read", prepare_rooms)
    app.connect("include-read", read_included)
    app.connect("missing-reference", find_by_short_name)
