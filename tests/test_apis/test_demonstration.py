"""What `make demo` runs."""

from conftest import ROOT

from mmfusion_distill.apis import demonstration


def test_every_network_and_baseline_has_a_row_and_a_picture(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("MMFUSION_DATA_ROOT", raising=False)
    montage = demonstration.run_demo(
        ROOT / "configs" / "fusion_distill", tmp_path, iterations=1, scored_pairs=1
    )
    assert montage.is_file()
    rows = {line.split("  ")[0] for line in capsys.readouterr().out.splitlines()}
    assert {"demo teacher", "demo student", "student", "tiny", "pyramid", "mean", "maximum", "A", "B"} <= rows
