"""What `mmfusion export` makes of its arguments."""

import pytest

from mmfusion_distill.cli import export


@pytest.mark.parametrize(
    ("arguments", "config", "weights"),
    [(["student"], None, "student"), (["config.py", "work_dirs/run"], "config.py", "work_dirs/run")],
)
def test_weights_with_a_config_inside_need_none(arguments, config, weights, monkeypatch):
    seen = []
    monkeypatch.setattr(export, "export", lambda args: seen.append(args) or True)
    assert export.main([*arguments, "out.onnx"]) == 0
    assert (seen[0].config, seen[0].weights, seen[0].out) == (config, weights, "out.onnx")


def test_more_than_a_config_and_weights_are_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        export.main(["config.py", "a.pth", "b.pth", "out.onnx"])
    assert "wanted [CONFIG] WEIGHTS OUT, not 4" in capsys.readouterr().err
