"""What lies in demo/ runs as it stands there."""

import json
import sys

import matplotlib
import pytest
from conftest import ROOT

from demo import text_steers, whole_way
from mmfusion_distill.images.image_io import read_image


def test_every_network_and_baseline_has_a_row_and_a_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("MMFUSION_DATA_ROOT", raising=False)
    page = whole_way.run_demo(tmp_path, iterations=1, scored_pairs=1).read_text()
    for title in ("Fused, pairs", "Scores", "What each text changed", "Losses"):
        assert title in page
    assert page.count("data:image/jpeg") == 2 and page.count("data:image/svg") == 2
    rows = {line.split("  ")[0] for line in capsys.readouterr().out.splitlines()}
    assert {"demo teacher", "demo student", "student", "tiny", "pyramid", "mean", "maximum", "A", "B"} <= rows


@pytest.mark.parametrize("own_pair", [False, True])
def test_text_steers_writes_its_picture(own_pair, pair_folder, tmp_path, monkeypatch, capsys):
    pair = ["--visible", str(pair_folder / "a/pair_0.png"), "--infrared", str(pair_folder / "b/pair_0.png")]
    monkeypatch.setattr(
        sys, "argv", ["text_steers.py", str(tmp_path / "out.png"), *(pair if own_pair else [])]
    )
    text_steers.draw(text_steers.parse_args())
    columns = 3 + len(text_steers.TEXTS)
    width = 80 if own_pair else text_steers.SIZE[1]
    assert columns * width <= read_image(tmp_path / "out.png").shape[1] <= columns * (width + 10)
    assert "written" in capsys.readouterr().out


def test_the_notebook_runs_from_top_to_bottom(monkeypatch, capsys):
    notebook = json.loads((ROOT / "demo" / "tour.ipynb").read_text())
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    backend = matplotlib.get_backend()
    matplotlib.use("Agg")
    try:
        exec("\n".join(code), {})
    finally:
        matplotlib.use(backend)
    printed = capsys.readouterr().out
    assert "pyramid " in printed and "(1, 3, 120, 160)" in printed
    # Outputs would hold images, and differ at every run.
    assert not any(cell.get("outputs") for cell in notebook["cells"])
