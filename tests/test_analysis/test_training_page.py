"""Curves of trainings."""

import runpy

from conftest import ROOT

from mmfusion_distill.analysis.training_page import read_curves


def test_scalars_that_a_kill_cut_off_are_left_out(tmp_path):
    file = tmp_path / "1" / "vis_data" / "scalars.json"
    file.parent.mkdir(parents=True)
    file.write_text('{"loss": 2.5, "iter": 3, "step": 3}\n{"loss": 1.5, "it')
    assert read_curves(tmp_path) == ({"loss": {3: 2.5}}, {})
    plot = runpy.run_path(str(ROOT / "tools" / "analysis_tools" / "plot_training.py"))
    assert plot["read_scalars"](tmp_path)["loss"] == {3: 2.5}
