"""A folder is annotated once, whatever fails or is interrupted in between."""

import numpy as np
import pytest

from mmfusion_distill.annotation.annotate_pairs import annotate_pairs, format_summary
from mmfusion_distill.annotation.annotation_file import annotation_path, find_annotation, read_annotation
from mmfusion_distill.annotation.annotation_types import Annotation, Event
from mmfusion_distill.annotation.annotators.base import AnnotationResult, Annotator
from mmfusion_distill.annotation.annotators.statistics_annotator import StatisticsAnnotator
from mmfusion_distill.annotation.prompting import load_pictures
from mmfusion_distill.data.annotation_sources import job_of_folders, jobs_of_config
from mmfusion_distill.images.image_io import ImageReadError, write_image
from mmfusion_distill.images.pairing import ImagePair, find_pairs


class Scripted(Annotator):
    """Gives an annotation to every pair but those of `failing`; stops at `interrupt_at`."""

    def __init__(self, failing=(), interrupt_at=None):
        self.failing, self.interrupt_at, self.asked = failing, interrupt_at, []

    def annotate(self, pairs, modality="infrared-visible"):
        for pair in pairs:
            if pair.name == self.interrupt_at:
                raise KeyboardInterrupt
            self.asked.append(pair.name)
            if pair.name in self.failing:
                yield AnnotationResult(pair, None, "the model refused", "I cannot help with that.")
            else:
                yield AnnotationResult(pair, Annotation((Event("haze", pair.name),)))


@pytest.fixture
def pairs(pair_folder):
    return find_pairs(pair_folder / "a", pair_folder / "b")[0]


def test_every_pair_gets_a_file_and_a_second_run_asks_for_nothing(pairs, tmp_path):
    first = annotate_pairs(Scripted(), pairs, tmp_path / "new")
    assert (first.written, first.events["haze"], first.failures) == (6, 6, [])
    assert read_annotation(tmp_path / "new" / "pair_3_pair_3.txt").events[0].description == "pair_3"
    again = Scripted()
    second = annotate_pairs(again, pairs, tmp_path / "new")
    assert again.asked == []
    assert (second.written, second.skipped, second.events["haze"]) == (0, 6, 6)


def test_a_failure_is_kept_beside_and_tried_again(pairs, tmp_path):
    summary = annotate_pairs(Scripted(failing=["pair_2"]), pairs, tmp_path / "new")
    assert "FAILED pair_2: the model refused" in format_summary(summary, tmp_path / "new")
    assert not (tmp_path / "new" / "pair_2_pair_2.txt").exists()
    failed = tmp_path / "new" / "failed" / "pair_2_pair_2.txt"
    assert "I cannot help with that." in failed.read_text()
    again = Scripted()
    assert annotate_pairs(again, pairs, tmp_path / "new").failures == []
    assert again.asked == ["pair_2"]
    assert not failed.exists()


def test_an_interrupted_run_keeps_what_is_done_and_goes_on(pairs, tmp_path):
    summary = annotate_pairs(Scripted(interrupt_at="pair_4"), pairs, tmp_path / "new")
    assert (summary.stopped, summary.written) == ("interrupted", 4)
    again = Scripted()
    annotate_pairs(again, pairs, tmp_path / "new")
    assert again.asked == ["pair_4", "pair_5"]


def test_a_broken_annotation_file_is_reported_and_left(pairs, tmp_path):
    annotate_pairs(Scripted(), pairs, tmp_path / "new")
    broken = tmp_path / "new" / "pair_1_pair_1.txt"
    broken.write_text("my notes")
    (failure,) = annotate_pairs(Scripted(), pairs, tmp_path / "new").failures
    assert "pair_1_pair_1.txt: no event found" in failure.error
    assert broken.read_text() == "my notes"
    assert annotate_pairs(Scripted(), pairs, tmp_path / "new", overwrite=True).written == 6


def test_a_server_that_is_down_is_not_asked_for_ever(pairs, tmp_path):
    down = Scripted(failing=[pair.name for pair in pairs])
    summary = annotate_pairs(down, pairs, tmp_path / "new", stop_after=3)
    assert len(down.asked) == 3
    assert summary.stopped == "3 failures in a row"


def test_failures_with_successes_in_between_are_not_in_a_row(pairs, tmp_path):
    failing = Scripted(failing=[pairs[index].name for index in (0, 1, 3, 4)])
    summary = annotate_pairs(failing, pairs, tmp_path / "new", stop_after=3)
    assert (len(failing.asked), summary.written, summary.stopped) == (6, 2, "")


def test_a_config_names_pairs_folder_and_modality(pair_folder, tmp_path):
    (pair_folder / "train.txt").write_text("pair_0.png\npair_1\n")
    config = tmp_path / "data.py"
    prefix = "dict(img_a='a', img_b='b', annotation='notes')"
    one = f"dict(type='X', data_root={str(pair_folder)!r}, data_prefix={prefix}, modality='medical'"
    config.write_text(
        f"train_dataloader = dict(dataset=dict(type='RepeatDataset', dataset={one}, ann_file='train.txt')))\n"
        f"val_dataloader = dict(dataset={one}))\n"
    )
    (job,) = jobs_of_config(str(config))
    assert [pair.name for pair in job.pairs[:2]] == ["pair_0", "pair_1"]
    assert len(job.pairs) == 6
    assert (job.folder, job.modality) == (pair_folder / "notes", "medical")


def test_folders_write_beside_source_a(pair_folder):
    job = job_of_folders(str(pair_folder / "a"), str(pair_folder / "b"), None, None, "medical")
    assert job.folder == pair_folder / "annotations"


@pytest.mark.parametrize("length", [150, 200, 251])
def test_a_long_name_gets_its_annotation_under_the_name_of_source_a(tmp_path, length):
    rng, name = np.random.default_rng(0), "x" * length
    for source in ("a", "b"):
        for stem in (name, "short"):
            write_image(tmp_path / source / f"{stem}.png", rng.integers(0, 256, (64, 64)))
    pairs, _ = find_pairs(tmp_path / "a", tmp_path / "b")
    first = annotate_pairs(StatisticsAnnotator(), pairs, tmp_path / "new")
    assert (first.written, first.failures) == (2, [])
    assert {path.stem for path in (tmp_path / "new").iterdir()} == {name, "short_short"}
    assert find_annotation(tmp_path / "new", f"{name}.png", f"{name}.png").stem == name
    assert annotate_pairs(StatisticsAnnotator(), pairs, tmp_path / "new").skipped == 2


def test_a_long_name_of_other_letters_counts_in_bytes(tmp_path):
    # 80 letters, of which each takes three bytes
    assert annotation_path(tmp_path, "夜" * 80 + ".png", "b.png").name == "夜" * 80 + "_b.txt"
    assert annotation_path(tmp_path, "夜" * 80 + ".png", "夜" * 80 + ".png").name == "夜" * 80 + ".txt"


def test_a_failure_with_a_long_name_is_kept_too(tmp_path):
    pair = ImagePair("x" * 200, tmp_path / ("x" * 200 + ".png"), tmp_path / ("x" * 200 + ".png"))
    summary = annotate_pairs(Scripted(failing=[pair.name]), [pair], tmp_path / "new")
    assert len(summary.failures) == 1
    assert [path.name for path in (tmp_path / "new" / "failed").iterdir()] == ["x" * 200 + ".txt"]


def test_sources_of_unequal_sizes_fail_alone_and_are_named(pair_folder, pairs):
    write_image(pair_folder / "b" / "pair_2.png", np.zeros((36, 40)))
    summary = annotate_pairs(StatisticsAnnotator(), pairs, pair_folder / "new")
    assert summary.written == 5
    (failure,) = summary.failures
    assert "differ in size" in failure.error and "80x72" in failure.error and "40x36" in failure.error
    with pytest.raises(ImageReadError, match=r"pair_2\.png is 80x72, .*pair_2\.png is 40x36"):
        load_pictures(failure.pair, max_size=32)
