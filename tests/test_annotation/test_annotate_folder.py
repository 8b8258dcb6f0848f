"""A folder is annotated once, whatever fails or is interrupted in between."""

import pytest

from mmfusion_distill.annotation import AnnotationResult, Annotator
from mmfusion_distill.annotation.annotate_folder import annotate_folder, take_shard
from mmfusion_distill.annotation.data_sources import sources_of_config, sources_of_folders
from mmfusion_distill.datasets import Annotation, Event, find_pairs, read_annotation


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
    first = annotate_folder(Scripted(), pairs, tmp_path / "new")
    assert (first.written, first.events["haze"], first.exit_code) == (6, 6, 0)
    assert read_annotation(tmp_path / "new" / "pair_3_pair_3.txt").events[0].description == "pair_3"
    again = Scripted()
    second = annotate_folder(again, pairs, tmp_path / "new")
    assert again.asked == []
    assert (second.written, second.skipped, second.events["haze"]) == (0, 6, 6)


def test_a_failure_is_kept_beside_and_tried_again(pairs, tmp_path):
    summary = annotate_folder(Scripted(failing=["pair_2"]), pairs, tmp_path / "new")
    assert summary.exit_code == 1
    assert "failed: pair_2: the model refused" in str(summary)
    assert not (tmp_path / "new" / "pair_2_pair_2.txt").exists()
    failed = tmp_path / "new_failed" / "pair_2_pair_2.txt"
    assert "I cannot help with that." in failed.read_text()
    again = Scripted()
    assert annotate_folder(again, pairs, tmp_path / "new").exit_code == 0
    assert again.asked == ["pair_2"]
    assert not failed.exists()


def test_an_interrupted_run_keeps_what_is_done_and_goes_on(pairs, tmp_path):
    summary = annotate_folder(Scripted(interrupt_at="pair_4"), pairs, tmp_path / "new")
    assert (summary.interrupted, summary.exit_code, summary.written) == (True, 130, 4)
    again = Scripted()
    annotate_folder(again, pairs, tmp_path / "new")
    assert again.asked == ["pair_4", "pair_5"]


def test_a_broken_annotation_file_is_made_anew(pairs, tmp_path):
    annotate_folder(Scripted(), pairs, tmp_path / "new")
    broken = tmp_path / "new" / "pair_1_pair_1.txt"
    broken.write_text("")
    again = Scripted()
    annotate_folder(again, pairs, tmp_path / "new")
    assert again.asked == ["pair_1"]
    assert read_annotation(broken).event_types == ("haze",)


def test_a_pair_without_result_is_a_failure(pairs, tmp_path):
    class Silent(Annotator):
        def annotate(self, pairs, modality="infrared-visible"):
            yield from ()

    assert len(annotate_folder(Silent(), pairs, tmp_path / "new").failures) == 6


def test_shards_are_all_pairs_once():
    names = [f"n{index}" for index in range(11)]
    parts = [take_shard(names, f"{part}/4") for part in range(1, 5)]
    assert sorted(sum(parts, [])) == sorted(names)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("shard", ["0/4", "5/4", "1", "a/b", "1/0", "-1/2"])
def test_a_wrong_shard_is_named(shard):
    with pytest.raises(ValueError, match="a shard is written I/N"):
        take_shard([], shard)


def test_a_config_names_pairs_folder_and_modality(pair_folder, tmp_path):
    (pair_folder / "train.txt").write_text("pair_0.png\npair_1\n")
    config = tmp_path / "data.py"
    prefix = "dict(img_a='a', img_b='b', annotation='notes')"
    one = f"dict(type='X', data_root={str(pair_folder)!r}, data_prefix={prefix}, modality='medical'"
    config.write_text(
        f"train_dataloader = dict(dataset=dict(type='RepeatDataset', dataset={one}, ann_file='train.txt')))\n"
        f"val_dataloader = dict(dataset={one}))\n"
    )
    (train,) = sources_of_config(config, ["train"])
    assert [pair.name for pair in train.pairs] == ["pair_0", "pair_1"]
    assert (train.folder, train.modality) == (pair_folder / "notes", "medical")
    (both,) = sources_of_config(config)
    assert len(both.pairs) == 6
    with pytest.raises(ValueError, match="names no data set"):
        sources_of_config(config, ["test"])


def test_folders_write_beside_source_a(pair_folder):
    (source,) = sources_of_folders(pair_folder / "a", pair_folder / "b")
    assert source.folder == pair_folder / "annotations"
