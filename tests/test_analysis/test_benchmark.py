"""What the benchmark tools print; not how fast anything is."""

import numpy as np
import pytest
import torch
from conftest import ROOT
from scripts import run_script

from mmfusion_distill.analysis.benchmark import benchmark_table
from mmfusion_distill.analysis.named_network import (
    build_network,
    count_gflops,
    count_parameters,
    example_pair,
    network_config,
)
from mmfusion_distill.analysis.preparers import export_networks, prepare_pyramid
from mmfusion_distill.analysis.stopwatch import measure, peak_bytes, time_in_turn


def test_operations_count_a_multiply_add_twice_and_grow_with_the_pixels(tiny_network):
    small, large = (count_gflops(tiny_network, *size) for size in ((64, 64), (128, 192)))
    assert large == pytest.approx(6 * small, rel=0.05)
    # One 3x3 convolution of 3 to 4 channels alone is 2 * 9 * 12 operations a pixel.
    assert small * 1e9 > 64 * 64 * 2 * 9 * 12


def test_operations_are_the_same_however_the_network_runs(tiny_network):
    network = build_network(tiny_network)
    with torch.inference_mode():
        assert count_gflops(network, 96, 64) == count_gflops(tiny_network, 96, 64)
        network(*example_pair(96, 64))  # still computes


def test_calls_are_timed_in_turn_after_a_warm_up():
    calls = []
    times = time_in_turn({name: lambda name=name: calls.append(name) for name in "ab"}, repeats=2)
    assert calls == list("ababab")
    assert list(times) == ["a", "b"] and min(times["a"]) >= 0


def cells(table: str) -> list[list[str]]:
    """Rows of a Markdown table, without head."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_table_has_a_row_for_every_method_and_size(tiny_network):
    networks = {"one": tiny_network, "two": dict(tiny_network, dim=8)}
    text = benchmark_table(
        networks, [(64, 64), (64, 128)], repeats=1, scores={"two": dict(balanced_quality=0.5)}
    )
    rows = cells(text)
    names = ["copy", "pyramid", "pyramid, colour", "one", "two"]
    assert [row[0] for row in rows] == 2 * names
    assert [row[2] for row in rows] == 5 * ["64x64"] + 5 * ["128x64"]
    one, two = rows[3:5]
    assert one[-1] == "-" and two[-1] == "0.500"
    assert one[7] == "100.00 %" and rows[1][6] == "1.0 x"
    assert rows[0][1] == rows[0][3] == "-" and int(two[1].replace(",", "")) > int(one[1].replace(",", ""))


def test_memory_is_that_of_the_run():
    assert peak_bytes(lambda: torch.ones(64, 2**20).sum()) > 150e6 > peak_bytes(lambda: torch.ones(64))


def prepare_much(img_a, img_b):
    loaded = torch.ones(64, 2**20)
    return lambda: loaded[:32] + 1


def test_memory_of_a_process_of_its_own_leaves_out_what_is_loaded():
    peak = measure({"much": prepare_much}, 64, 64, repeats=1)["much"].peak_bytes
    assert 120e6 < peak < 200e6


def test_the_pyramid_is_timed_on_what_it_promises():
    img_a, img_b = example_pair(16, 24)
    gray, color = prepare_pyramid(img_a, img_b)(), prepare_pyramid(img_a, img_b, color=True)()
    assert (gray.shape, gray.dtype) == ((16, 24), np.float32)
    assert (color.shape, color.dtype) == ((16, 24, 3), np.uint8)


def test_exported_networks_are_rows(tiny_network, tmp_path):
    files, problems = export_networks({"one": tiny_network}, ["torchscript"], tmp_path)
    assert list(files) == ["one, torchscript"] and not problems
    rows = cells(benchmark_table({"one": tiny_network}, [(64, 64)], repeats=1, exported=files))
    assert rows[-1][0] == "one, torchscript" and rows[-1][1] == "-"


@pytest.fixture
def tools(monkeypatch):
    """The folder of the tools, whose modules can be imported."""
    monkeypatch.syspath_prepend(ROOT / "tools")


def test_metrics_folders_and_training_steps_are_timed_too(tools, tiny_network, tmp_path, capsys):
    from analysis_tools.benchmark import main

    small = ["--size", "64x64", "--repeats", "1"]
    main(["metrics", *small, "--metrics", "EN", "--threads", "1"])
    assert [row[0] for row in cells(capsys.readouterr().out)][0] == "EN"
    main(["folder", *small, "--pairs", "2"])
    names = [row[0] for row in cells(capsys.readouterr().out)]
    assert names == ["decode alone", "network alone", "encode alone", "folder"]
    main(["folder", "--size", "64x64", "--pairs", "10", "--memory"])
    assert "over 1 pairs" in capsys.readouterr().out
    main(["film", *small, "--frames", "3"])
    names = [row[0] for row in cells(capsys.readouterr().out)]
    assert names == ["decode alone", "network alone", "encode alone", "film"]
    path = tmp_path / "net.py"
    path.write_text(f"model = dict(type='ImageFusor', generator={tiny_network!r})\n")
    main(["training", str(path), "--batch", "1", "--repeats", "1"])
    assert [row[0] for row in cells(capsys.readouterr().out)] == ["net"]


def test_flops_of_a_config(tools, tiny_network, tmp_path, capsys):
    from analysis_tools.get_flops import main

    path = tmp_path / "net.py"
    path.write_text(f"model = dict(type='ImageFusor', generator={tiny_network!r})\n")
    main([str(path), "--size", "64x96"])
    printed = capsys.readouterr().out
    assert f"parameters: {count_parameters(tiny_network):,}" in printed
    assert f"GFLOPs at 64x96: {count_gflops(tiny_network, 96, 64):.2f}" in printed


def test_configs_of_equal_name_are_kept_apart(tiny_network, tmp_path):
    paths = [tmp_path / folder / "net.py" for folder in "ab"]
    for path in paths:
        path.parent.mkdir()
        path.write_text(f"model = dict(type='ImageFusor', generator={tiny_network!r})\n")
    done = run_script(
        "analysis_tools/benchmark.py",
        "networks",
        *paths,
        "--sizes",
        "64x64",
        "--repeats",
        "1",
        folder=tmp_path,
    )
    assert all(f"| {path} |" in done.stdout for path in paths), done.stderr


def test_the_default_networks_are_ours(tools):
    from analysis_tools.benchmark import DEFAULT

    sizes = [count_parameters(network_config(path)) for path in DEFAULT.values()]
    assert list(DEFAULT) == ["teacher", "student", "tiny"]
    assert 3e6 < sizes[0] < 5e6 and sizes[0] > 10 * sizes[1] > 10 * sizes[2]


def test_a_wrong_size_is_one_sentence(tmp_path):
    done = run_script("analysis_tools/benchmark.py", "networks", "--sizes", "640", folder=tmp_path)
    assert done.returncode == 2 and "'640' is no size: give WIDTHxHEIGHT" in done.stderr
    assert "Traceback" not in done.stderr
