"""Several processes and machines share the pairs: each pair once, one report, and a kill loses nothing."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time

import cv2
import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from mmfusion_distill.cli import annotate, fuse, train
from mmfusion_distill.system.launching import Shard

#: `mmfusion fuse` with the mean of both sources instead of a network, and a while for each.
SLOW_FUSE = """
import sys, time
from mmfusion_distill.cli import fuse
from mmfusion_distill.images.image_io import read_image_pair

class MeanFuser:
    guided = False
    backend = "numpy"
    def load(self, pair, text=None):
        return read_image_pair(pair["img_a"], pair["img_b"])
    def size_of(self, loaded):
        return loaded[0].shape
    def fuse_loaded(self, batch):
        time.sleep(SECONDS)
        return [(img_a + img_b) / 2 for img_a, img_b in batch]

fuse.build_inferencer = lambda args: MeanFuser()
sys.exit(fuse.main())
"""


def environment(launcher, rank, count, port):
    """What a launcher tells a process."""
    address = dict(MASTER_ADDR="127.0.0.1", MASTER_PORT=port)
    told = {
        "pytorch": dict(RANK=rank, LOCAL_RANK=rank, WORLD_SIZE=count),
        "slurm": dict(SLURM_PROCID=rank, SLURM_LOCALID=rank, SLURM_NTASKS=count, SLURM_NODELIST="here"),
        "mpi": dict(OMPI_COMM_WORLD_RANK=rank, OMPI_COMM_WORLD_LOCAL_RANK=rank, OMPI_COMM_WORLD_SIZE=count),
    }[launcher]
    return os.environ | {name: str(value) for name, value in (address | told).items()}


@pytest.fixture
def start(pair_folder):
    """Start the slow command, or a subcommand, in two processes as a launcher does; they do not outlive the test."""
    processes = []

    def start(launcher, *arguments, seconds=0.0, subcommand=None):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        program = SLOW_FUSE.replace("SECONDS", str(seconds))
        command = ["-m", "mmfusion_distill", subcommand] if subcommand else ["-c", program, "a", "b", "out"]
        started = [
            subprocess.Popen(
                [sys.executable, *command, "--launcher", launcher, *arguments],
                cwd=pair_folder,
                env=environment(launcher, rank, 2, port),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for rank in range(2)
        ]
        processes.extend(started)
        return started

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def ends(processes):
    """Exit code and what each process said on both streams."""
    said = [process.communicate(timeout=120) for process in processes]
    return [(process.returncode, *texts) for process, texts in zip(processes, said)]


def wait_for(folder, count):
    for _ in range(1200):
        if len(list(folder.glob("*.png"))) >= count:
            return
        time.sleep(0.05)
    raise AssertionError("nothing was fused")


def report_of(path):
    """A report without the time taken."""
    report = json.loads(path.read_text())
    assert report.pop("seconds") >= 0 and report.pop("pairs_per_second") >= 0
    return report


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@given(st.integers(0, 50), st.integers(1, 9), st.integers(1, 5))
def test_shards_and_their_shares_are_every_pair_once(pairs, machines, processes):
    shards = [Shard(index, machines) for index in range(1, machines + 1)]
    parts = [shard.of(range(pairs)) for shard in shards]
    assert sorted(index for part in parts for index in part) == list(range(pairs))
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    for shard, part in zip(shards, parts):
        shares = [list(shard.split(rank, processes).of(range(pairs))) for rank in range(processes)]
        assert sorted(index for share in shares for index in share) == list(part)


def test_two_processes_write_and_report_what_one_does(pair_folder, capsys, monkeypatch):
    (pair_folder / "a" / "pair_1.png").write_bytes(b"broken")
    (pair_folder / "b" / "pair_4.png").write_bytes(b"")
    for index in (2, 3):
        counts = np.random.default_rng(index).integers(20_000, 30_000, (72, 80), dtype=np.uint16)
        cv2.imwrite(str(pair_folder / "b" / f"pair_{index}.png"), counts)
    monkeypatch.chdir(pair_folder)
    options = ["--weights", "tiny", "--device", "cpu"]
    assert fuse.main(["a", "b", "out", *options, "--json", "one.json"]) == 1
    alone, one = capsys.readouterr(), contents(pair_folder / "out")
    (pair_folder / "out").rename(pair_folder / "one")
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    arguments = ["a", "b", "out", *options, "--json", "two.json", "--launcher", "pytorch"]
    done = subprocess.run(
        [*torchrun, "-m", "mmfusion_distill", "fuse", *arguments],
        cwd=pair_folder,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 1
    assert contents(pair_folder / "out") == one and len(one) == 4
    assert report_of(pair_folder / "two.json") == report_of(pair_folder / "one.json")
    told, alone_told = (re.sub(r"[\d.]+ s each", "", text) for text in (done.stdout, alone.out))
    assert told == alone_told
    for sentence in alone.err.splitlines():
        if sentence.startswith("failed:"):
            assert done.stderr.count(sentence) == 1


def test_two_processes_annotate_what_one_does(start, pair_folder, capsys, monkeypatch):
    (pair_folder / "a" / "pair_4.png").write_bytes(b"")
    monkeypatch.chdir(pair_folder)
    assert annotate.main(["a", "b", "--out", "new"]) == 1
    alone = capsys.readouterr().out
    (pair_folder / "new").rename(pair_folder / "one")
    (code, said, _), silent = ends(start("pytorch", "a", "b", "--out", "new", subcommand="annotate"))
    assert (code, said) == (1, alone) and silent == (0, "", "")
    for path in (pair_folder / "one").rglob("*.txt"):
        written = pair_folder / "new" / path.relative_to(pair_folder / "one")
        assert written.read_bytes() == path.read_bytes()


def test_after_kill_9_nothing_is_done_twice_or_lost(start, pair_folder):
    killed = start("pytorch", seconds=0.5)
    wait_for(pair_folder / "out", 2)
    killed[1].kill()
    (code, _, error), _ = ends(killed)
    # torchrun would have ended it.
    assert code == 1 and "another process ended before its share was done" in error
    before = {path.name: path.stat().st_mtime_ns for path in (pair_folder / "out").glob("*.png")}
    assert 2 <= len(before) < 6
    second = ends(start("pytorch", "--skip-existing", "--json", "r.json"))
    assert [code for code, *_ in second] == [0, 0], second
    after = {path.name: path.stat().st_mtime_ns for path in (pair_folder / "out").glob("*.png")}
    assert len(after) == 6 and before.items() <= after.items()
    report = report_of(pair_folder / "r.json")
    assert report["skipped"] == [f"out/{name}" for name in sorted(before)]
    assert report["written"] == [f"out/{name}" for name in sorted(after.keys() - before.keys())]


def test_a_scheduler_that_ends_all_gets_a_report_of_what_was_done(start, pair_folder):
    ended = start("mpi", "--json", "r.json", seconds=0.5)
    wait_for(pair_folder / "out", 2)
    for process in (*ended, *ended):
        process.send_signal(signal.SIGTERM)
    (first, _, error), (second, *nothing) = ends(ended)
    assert first == 130 and "--skip-existing goes on" in error
    assert second == 0 and nothing == ["", ""]
    report = report_of(pair_folder / "r.json")
    assert report["interrupted"]
    assert report["written"] == [f"out/{name}" for name in sorted(contents(pair_folder / "out"))]


def test_what_is_wrong_is_said_once(start, pair_folder):
    for path in (pair_folder / "b").iterdir():
        path.unlink()
    (first, _, error), second = ends(start("slurm"))
    assert first == 1 and error.startswith("error: no file of a (6 images) has a partner")
    assert second == (0, "", "")


@pytest.mark.parametrize(
    ("launcher", "message"),
    [
        ("pytorch", "has no RANK: start the command with torchrun"),
        ("slurm", "has no SLURM_PROCID: start the command with srun"),
        ("mpi", "has no OMPI_COMM_WORLD_RANK: start the command with mpirun"),
    ],
)
def test_a_launcher_that_did_not_start_the_command_is_named(pair_folder, monkeypatch, launcher, message):
    monkeypatch.chdir(pair_folder)
    for command, arguments in ((fuse, ["a", "b", "out"]), (annotate, ["a", "b"]), (train, ["config.py"])):
        with pytest.raises(SystemExit, match=message):
            command.main([*arguments, "--launcher", launcher])


def test_shards_of_machines_that_know_nothing_of_each_other_are_joined_by_one_more_run(
    pair_folder, monkeypatch
):
    monkeypatch.chdir(pair_folder)
    (pair_folder / "b" / "pair_4.png").write_bytes(b"")
    options = ["a", "b", "out", "--weights", "tiny", "--device", "cpu"]
    assert fuse.main([*options, "--shard", "1/3", "--json", "1.json"]) == 0
    assert fuse.main([*options, "--shard", "2/3", "--json", "2.json"]) == 1
    first, second = report_of(pair_folder / "1.json"), report_of(pair_folder / "2.json")
    assert (first["shard"], first["written"]) == ("1/3", ["out/pair_0.png", "out/pair_3.png"])
    assert (second["shard"], second["written"]) == ("2/3", ["out/pair_1.png"])
    # The third machine has died.
    assert fuse.main([*options, "--skip-existing", "--json", "all.json"]) == 1
    joined = report_of(pair_folder / "all.json")
    assert joined["skipped"] == ["out/pair_0.png", "out/pair_1.png", "out/pair_3.png"]
    assert joined["written"] == ["out/pair_2.png", "out/pair_5.png"]
    assert [failure["name"] for failure in joined["failed"]] == ["pair_4"]


def test_slurm_starts_a_process_for_each_task(pair_folder, tmp_path):
    srun = tmp_path / "bin" / "srun"
    srun.parent.mkdir()
    srun.write_text('#!/usr/bin/env bash\nprintf "%s\\n" "$@"\n')
    srun.chmod(0o755)
    done = subprocess.run(
        ["bash", ROOT / "tools" / "slurm_fuse.sh", "part", "job", "a", "b", "out", "--skip-existing"],
        cwd=pair_folder,
        env=os.environ | dict(PATH=f"{srun.parent}:{os.environ['PATH']}", PROCESSES="16", GPUS_PER_NODE="4"),
        capture_output=True,
        text=True,
        check=True,
    )
    given = done.stdout.splitlines()
    assert {"--partition=part", "--ntasks=16", "--ntasks-per-node=4", "--gres=gpu:4"} <= set(given)
    assert given[-6:] == ["a", "b", "out", "--launcher", "slurm", "--skip-existing"]
