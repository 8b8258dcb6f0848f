"""Contact sheets: rows of pairs, columns of fusions, or nobody knows whose."""

import csv

import cv2
from scripts import run_script


def test_a_sheet_of_pairs_beside_the_pyramid(pair_folder, tmp_path):
    done = run_script(
        "analysis_tools/contact_sheets.py",
        *("--a", "a", "--b", "b", "--weights", "tiny", "--out", tmp_path, "--count", "3", "--width", "60"),
        *("--device", "cpu"),
        folder=pair_folder,
    )
    assert done.returncode == 0, done.stderr
    sheet = cv2.imread(str(tmp_path / "pairs.png"))
    # A, B, pyramid and the network, 4 pixels between them
    assert sheet.shape[1] == 4 * 60 + 3 * 4
    assert not (tmp_path / "pairs.csv").exists()


def test_judges_do_not_know_whose_the_pictures_are(pair_folder, tmp_path):
    arguments = ["--a", "a", "--b", "b", "--weights", "tiny", "--out", tmp_path, "--device", "cpu", "--crop"]
    done = run_script("analysis_tools/contact_sheets.py", *arguments, "--blind", "1", folder=pair_folder)
    assert done.returncode == 0, done.stderr
    head, *rows = csv.reader((tmp_path / "pairs.csv").read_text().splitlines())
    assert head == ["pair", "1", "2"] and len(rows) == 6
    assert {tuple(row[1:]) for row in rows} == {("pyramid", "tiny"), ("tiny", "pyramid")}


def test_the_sets_of_a_config_are_named_by_its_measures(tmp_path):
    from mmengine.config import Config

    from mmfusion_distill.analysis.scored_pairs import validated_sets

    sets = validated_sets(
        Config(
            dict(
                val_dataloader=[dict(dataset=dict(type="X")), dict(dataset=dict(type="Y"))],
                val_evaluator=[dict(metrics=[dict(prefix="road")]), dict(type="FusionMetric")],
            )
        )
    )
    assert {name: part["type"] for name, part in sets.items()} == {"road": "X", "set_2": "Y"}
