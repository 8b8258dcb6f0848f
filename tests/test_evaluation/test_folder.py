"""Folders of images to tables: pairing, problems, statistics, files."""

import csv
import json

import cv2
import numpy as np
import pytest

from mmfusion_distill.cli.evaluate import main
from mmfusion_distill.evaluation import (
    EvaluationResult,
    compute_metrics,
    evaluate_folders,
    get_protocol,
    paired_bootstrap,
    picture_grid,
    to_json,
    to_latex,
    to_markdown,
    write_picture_grid,
    write_report,
)

METRICS = ["EN", "SSIM", "MSE"]


def write(path, picture):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), picture)


@pytest.fixture
def folders(tmp_path):
    """Three pairs of colour and gray images, and two methods."""
    rng = np.random.default_rng(0)
    for name in ("p1", "p2", "p3"):
        img_a = rng.integers(0, 256, (20, 24, 3), dtype=np.uint8)
        img_b = rng.integers(0, 256, (20, 24), dtype=np.uint8)
        write(tmp_path / "a" / f"{name}.png", img_a)
        write(tmp_path / "b" / f"{name}.bmp", img_b)
        write(tmp_path / "good" / f"{name}.png", ((img_a * 1.0 + img_b[:, :, None]) / 2))
        write(tmp_path / "poor" / f"{name}.png", np.full_like(img_a, 128))
    return tmp_path


def test_results_whose_names_differ_in_case_and_leading_zeros_are_found(folders):
    for path in sorted((folders / "good").iterdir()):
        path.rename(path.with_name(f"P00{path.name[1:]}"))
    assert evaluate(folders).problems == []


def evaluate(folders, **options):
    options = {"metrics": METRICS, **options}
    methods = {"good": folders / "good", "poor": folders / "poor"}
    return evaluate_folders(folders / "a", folders / "b", methods, **options)


def test_scores_are_those_of_the_pictures(folders):
    result = evaluate(folders)
    assert result.names == ["p1", "p2", "p3"]
    assert result.methods == ["good", "poor", "copy of A", "copy of B", "mean", "maximum", "pyramid"]
    assert result.problems == []
    img_a = cv2.imread(str(folders / "a" / "p2.png"))[:, :, ::-1]
    img_b = cv2.imread(str(folders / "b" / "p2.bmp"), cv2.IMREAD_GRAYSCALE)
    fused = cv2.imread(str(folders / "good" / "p2.png"))[:, :, ::-1]
    expected = compute_metrics(img_a, img_b, fused, METRICS)
    assert result.scores[0, :, 1].tolist() == list(expected.values())
    assert evaluate(folders, baselines=False).methods == ["good", "poor"]


def test_the_number_of_workers_changes_nothing(folders):
    one, three = evaluate(folders, workers=1), evaluate(folders, workers=3)
    assert to_json(one, paired_bootstrap(one)) == to_json(three, paired_bootstrap(three))


def test_every_method_is_scored_on_the_same_pairs(folders):
    (folders / "poor" / "p1.png").unlink()
    (folders / "good" / "p2.png").write_bytes(b"no image")
    write(folders / "good" / "extra.png", np.zeros((20, 24), np.uint8))
    result = evaluate(folders)
    assert result.names == ["p3"]
    text = "\n".join(result.problems)
    assert f"{folders / 'poor' / 'p1'}.* is missing" in text
    assert f"{folders / 'good' / 'p2.png'} is damaged or no image" in text
    assert f"{folders / 'good' / 'extra.png'} has no source images" in text


def test_a_cut_off_picture_is_listed(folders):
    path = folders / "good" / "p2.png"
    path.write_bytes(path.read_bytes()[:200])
    result = evaluate(folders)
    assert result.names == ["p1", "p3"]
    assert any("p2.png" in problem for problem in result.problems)


def test_another_size_is_an_error_that_names_all_such_files(folders):
    write(folders / "good" / "p1.png", np.zeros((20, 25, 3), np.uint8))
    write(folders / "poor" / "p3.png", np.zeros((10, 24), np.uint8))
    with pytest.raises(ValueError, match=r"(?s)good.p1.png is 20x25.*poor.p3.png is 10x24"):
        evaluate(folders)


def test_nothing_to_score(folders):
    with pytest.raises(ValueError, match=r"(?s)no pair.*nowhere.*missing"):
        evaluate(folders, names=["nowhere"])
    with pytest.raises(ValueError, match="'mean' is the name of a baseline"):
        evaluate_folders(folders / "a", folders / "b", {"mean": folders / "good"})


def test_folders_need_no_options(folders, monkeypatch, capsys):
    monkeypatch.chdir(folders)
    assert main(["a", "b", "good", "other=good", "--metrics", "EN", "--bootstrap", "0"]) == 0
    assert {"good", "other"} <= {
        line.split("|")[1].strip() for line in capsys.readouterr().out.splitlines() if "|" in line
    }
    assert list((folders / "scores").glob("*.csv"))
    (folders / "good" / "lonely.png").write_bytes(next((folders / "good").glob("*.png")).read_bytes())
    main(["a", "b", "good", "other=good", "--metrics", "EN", "--bootstrap", "0"])
    assert capsys.readouterr().err.count("lonely.png") == (
        folders / "scores" / "left_out.txt"
    ).read_text().count("lonely")
    with pytest.raises(SystemExit):
        main(["a"])
    assert "give the folders of source A, of source B" in capsys.readouterr().err


def test_one_pair_has_no_intervals(folders, monkeypatch, capsys):
    monkeypatch.chdir(folders)
    (folders / "one.txt").write_text("p1")
    assert main(["a", "b", "good", "--metrics", "EN", "--ann-file", "one.txt", "--reference", "good"]) == 0
    printed = capsys.readouterr().out
    assert "note: one pair has no intervals" in printed and "±" not in printed and "better" not in printed


def test_neither_methods_nor_baselines_is_wrong_use(folders, capsys):
    with pytest.raises(ValueError, match="nothing to score: name a method"):
        evaluate_folders(folders / "a", folders / "b", {}, baselines=False)
    with pytest.raises(ValueError, match="nothing to score: name a metric"):
        evaluate(folders, metrics=[])
    with pytest.raises(SystemExit) as ended:
        main([*map(str, ("--a", folders / "a", "--b", folders / "b", "--out", folders)), "--no-baselines"])
    assert ended.value.code == 2
    assert "nothing to score: give --fused NAME=DIR, or leave --no-baselines out" in capsys.readouterr().err


def make_result(scores, methods, metrics=("EN", "MSE")):
    names = [f"p{k}" for k in range(np.shape(scores)[2])]
    protocol = get_protocol("standard")
    return EvaluationResult(names, list(methods), list(metrics), np.array(scores, float), protocol)


def test_ranks_follow_the_direction_and_share_ties():
    means = [[3, 1], [2, 1], [1, 5]]
    result = make_result([[[value] for value in row] for row in means], "xyz")
    assert result.ranks().tolist() == [[1, 1.5], [2, 1.5], [3, 3]]
    best, second = result.best_methods()
    assert best.tolist() == [[True, True], [False, True], [False, False]]
    assert second.tolist() == [[False, False], [True, False], [False, True]]


def test_emphasis_is_for_methods_and_the_dagger_for_baselines():
    means = [[3, 4], [2, 3], [9, 9]]
    rows = ["x", "y_1", "copy of A"]
    result = make_result([[[value] for value in row] for row in means], rows)
    markdown = to_markdown(result)
    assert "| x | **3.0000** | <u>4.0000</u> | 2.00 |" in markdown
    assert "| copy of A | 9.0000† | 9.0000 |" in markdown
    latex = to_latex(result)
    assert r"x & \textbf{3.0000} & \underline{4.0000} & 2.00 \\" in latex
    assert r"y\_1 & \underline{2.0000} & \textbf{3.0000}" in latex
    assert r"9.0000$^\dagger$" in latex
    assert "Best method bold, second underlined; mean rank" in markdown and "Dagger: " in markdown
    alone = to_markdown(make_result([[[1], [2]], [[0], [3]]], ["x", "copy of A"]))
    assert "Best method bold; mean rank" in alone and "Dagger" not in alone, "only marks that the table has"


def test_bootstrap_interval_of_a_mean():
    # The mean of n values has standard error sd / sqrt(n); 1.96 of them bound 95 %.
    values = np.random.default_rng(0).normal(5, 2, 400)
    result = make_result([[values, values]], ["x"])
    bootstrap = paired_bootstrap(result, samples=4000)
    error = values.std() / np.sqrt(400)
    assert bootstrap.low[0, 0] == pytest.approx(values.mean() - 1.96 * error, abs=0.03)
    assert bootstrap.high[0, 0] == pytest.approx(values.mean() + 1.96 * error, abs=0.03)


def test_bootstrap_is_paired_and_knows_directions():
    rng = np.random.default_rng(1)
    pairs = rng.normal(0, 10, 60)
    reference = np.stack([pairs, pairs])
    shifted = reference + 1 + rng.normal(0, 0.5, (2, 60))
    unrelated = reference + rng.normal(0, 5, (2, 60)) - np.mean(reference)
    unrelated += (reference - unrelated).mean(axis=1, keepdims=True)
    result = make_result([reference, shifted, unrelated], ["base", "shifted", "unrelated"])
    bootstrap = paired_bootstrap(result, reference="base")
    # A shift far below the spread between pairs is found, since pairs are drawn together.
    assert bootstrap.verdicts.tolist() == [["", ""], ["better", "worse"], ["same", "same"]]
    assert np.isnan(bootstrap.p_values[0]).all()
    with pytest.raises(ValueError, match="No method 'nobody'; there are base, shifted"):
        paired_bootstrap(result, reference="nobody")


@pytest.mark.parametrize("pairs, verdict", [(1, "same"), (2, "same"), (5, "same"), (8, "better")])
def test_few_pairs_are_not_significant(pairs, verdict):
    values = np.arange(pairs) * 1.0
    result = make_result([[values], [values + 5]], "xy", ["EN"])
    assert paired_bootstrap(result, reference="x").verdicts[1, 0] == verdict


def test_composites_and_per_source_forms_do_not_count_in_the_mean_rank():
    columns = ["EN", "quality", "SSIM_A", "SSIM_balanced"]
    result = make_result([[[2], [1], [1], [1]], [[1], [2], [2], [2]]], "xy", columns)
    assert result.mean_ranks().tolist() == [1, 2]
    assert make_result([[[1]], [[2]]], "xy", ["quality"]).mean_ranks().tolist() == [2, 1]


def test_names_of_methods_do_not_break_tables():
    result = make_result([[[1]], [[2]]], ["a|b", "c_$^~{}\\"], ["EN"])
    assert r"| a\|b |" in to_markdown(result)
    assert r"c\_\$\^{}\~{}\{\}\textbackslash{} &" in to_latex(result)


def test_a_method_may_be_called_like_a_source(folders):
    write_picture_grid(folders / "grid.png", folders / "a", folders / "b", {"A": folders / "poor"}, ["p1"])
    three = cv2.imread(str(folders / "grid.png")).shape[1]
    write_picture_grid(folders / "grid.png", folders / "a", folders / "b", {}, ["p1"])
    assert three > 1.4 * cv2.imread(str(folders / "grid.png")).shape[1]


@pytest.mark.parametrize(
    "options, message",
    [
        (["--bootstrap", "0", "--reference", "good"], "--reference needs the bootstrap"),
        (["--zoom", "1,2,3,4"], "name its pairs with --grid"),
        (["--grid", "p1", "--zoom", "1,2,3,x"], "argument --zoom: 'x' is not a whole number"),
        (["--grid", "nope"], "nope.* is missing"),
        (["--workers", "0"], "argument --workers: '0' is not a whole number of at least 1"),
    ],
)
def test_options_are_checked_before_anything_is_scored(folders, monkeypatch, capsys, options, message):
    arguments = ["--a", folders / "a", "--b", folders / "b", "--out", folders / "out"]
    with pytest.raises(SystemExit) as error:
        run_tool(*arguments, "--fused", f"good={folders / 'good'}", *options)
    assert message in f"{error.value} {capsys.readouterr().err}"
    assert not (folders / "out" / "results.json").exists()


def test_report_files_agree(folders, tmp_path):
    result = evaluate(folders)
    out = tmp_path / "report"
    written = write_report(result, out, paired_bootstrap(result, "good", 200), plots=True)
    assert {path.name for path in written} == {path.name for path in out.iterdir()}
    document = json.loads((out / "results.json").read_text())
    assert document["protocol"] == {"name": "standard", "differs": {}}
    mean = document["methods"]["poor"]["mean"]["MSE"]
    with (out / "summary.csv").open() as file:
        rows = {(row["method"], row["metric"]): row for row in csv.DictReader(file)}
    assert float(rows["poor", "MSE"]["mean"]) == mean
    # Three pairs cannot show anything at 5 %, however far apart.
    assert rows["poor", "SSIM"]["verdict"] == "same"
    with (out / "per_image.csv").open() as file:
        singles = [float(r["MSE"]) for r in csv.DictReader(file) if r["method"] == "poor"]
    assert np.mean(singles) == pytest.approx(mean)
    for plot in ("boxes.png", "radar.png"):
        assert cv2.imread(str(out / plot)).std() > 5


def test_grid_shows_pictures_and_enlarged_boxes():
    picture = np.zeros((40, 60), np.uint8)
    picture[10:20, 30:50] = 200
    grid = picture_grid([[picture, picture]], ["A", "F"], boxes=[(30, 10, 20, 10)])
    # The box of 20x10 is enlarged to the column's width, 60x30, below the image.
    assert grid.shape == (22 + 4 + 40 + 4 + 30, 60 + 4 + 60, 3)
    assert (grid[-20:-10, 10:50] == 200).all()
    with pytest.raises(ValueError, match="does not lie inside an image of 60x40"):
        picture_grid([[picture]], ["A"], boxes=[(50, 0, 20, 10)])


def run_tool(*arguments):
    assert main([*map(str, arguments)]) == 0


def test_command_line(folders, monkeypatch, capsys):
    (folders / "names.txt").write_text("p1.png\np3.png\n")
    arguments = ["--a", folders / "a", "--b", folders / "b", "--out", folders / "out"]
    run_tool(
        *[*arguments, "--fused", f"good={folders / 'good'}", f"poor={folders / 'poor'}"],
        *["--metrics", "SSIM", "EN", "--balanced", "--per-source", "--reference", "good"],
        *["--ann-file", folders / "names.txt", "--protocol", "cddfuse", "--bootstrap", "50"],
        *["--grid", "p1", "--zoom", "2,2,8,8", "--workers", "1"],
    )
    printed = capsys.readouterr().out
    assert "| SSIM_A ↑ | SSIM_B ↑ | SSIM_balanced ↑ |" in printed
    assert "Means over 2 pairs, protocol cddfuse" in printed
    assert "ssim_window=uniform" in printed
    assert (folders / "out" / "grid.png").is_file()
    document = json.loads((folders / "out" / "results.json").read_text())
    assert document["pairs"] == ["p1", "p3"]
    assert document["bootstrap"]["reference"] == "good"


def test_command_line_errors_are_one_sentence(folders, capsys):
    arguments = ["--a", folders / "a", "--b", folders / "b", "--out", folders / "out"]
    for given, says in (
        (["good"], "wants NAME=DIR, got 'good'"),
        (["m=a", "m=b"], "names the method 'm' twice"),
    ):
        with pytest.raises(SystemExit) as end:
            run_tool(*arguments, "--fused", *given)
        assert end.value.code == 2 and f"error: --fused {says}" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="error: .*nowhere does not exist: correct its path"):
        run_tool(*arguments, "--fused", f"good={folders / 'nowhere'}")
    (folders / "empty").mkdir()
    with pytest.raises(
        SystemExit, match="empty has no images: give the folder of the fused images of 'good'"
    ):
        run_tool(*arguments, "--fused", f"good={folders / 'empty'}")
