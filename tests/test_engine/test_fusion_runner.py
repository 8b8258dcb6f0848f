"""What the runner adds to mmengine's: checkpoints in one step, and sentences for what cannot be built or chosen."""

import errno
import os
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.fileio.backends import LocalBackend
from toy import saved, toy_runner

from mmfusion_distill.engine import FusionRunner
from mmfusion_distill.engine.finite_guard_hook import PackedBatchHook
from mmfusion_distill.models.weight_files.checkpoints import last_checkpoint, resolve_checkpoint
from mmfusion_distill.user_errors import UserError, exit_on_user_error


class TestFullDisk:
    @pytest.fixture
    def stopped(self, tmp_path, monkeypatch):
        """A run whose third checkpoint the disk takes a part of only."""
        whole = LocalBackend.put

        def put(self, data, path):
            if len(list(Path(path).parent.glob("iter_*.pth"))) < 2:
                return whole(self, data, path)
            Path(path).write_bytes(data[: len(data) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(LocalBackend, "put", put)
        with pytest.raises(SystemExit) as end:
            exit_on_user_error(toy_runner(tmp_path).train)
        monkeypatch.undo()
        return tmp_path, str(end.value.code)

    def test_leaves_the_whole_checkpoints_and_no_part_of_one(self, stopped):
        folder, said = stopped
        assert saved(folder) == ["iter_1", "iter_2"]
        for path in folder.glob("*.pth"):
            assert torch.load(path)["meta"]["iter"] == int(path.stem[-1])
        assert not [path for path in folder.iterdir() if path.name.endswith(".tmp")]

    def test_is_one_sentence_with_the_file(self, stopped):
        folder, said = stopped
        assert said.startswith(f"error: cannot write {folder / 'iter_3.pth'} (No space left on device): ")
        assert "\n" not in said

    def test_the_run_goes_on_where_it_was(self, stopped):
        folder, _ = stopped
        assert last_checkpoint(folder) == folder / "iter_2.pth"
        runner = toy_runner(folder, load_from=str(folder / "iter_2.pth"), resume=True)
        runner.train()
        assert saved(folder)[-1] == "iter_6"

    def test_a_note_that_the_full_disk_emptied_is_done_without(self, stopped):
        folder, _ = stopped
        (folder / "last_checkpoint").write_text("")
        assert resolve_checkpoint(folder) == folder / "iter_2.pth"
        (folder / "last_checkpoint").write_text("/gone/iter_9.pth")
        (folder / "iter_2.pth").rename(folder / "iter_10.pth")
        assert last_checkpoint(folder) == folder / "iter_10.pth", "by number, not by letters"
        (folder / "last_checkpoint").unlink()
        assert last_checkpoint(folder) == folder / "iter_10.pth"


def test_a_folder_without_checkpoints_has_no_last_one(tmp_path):
    assert last_checkpoint(tmp_path) is None
    (tmp_path / "best_quality_iter_3.pth").touch()
    (tmp_path / "last_checkpoint").write_text("")
    assert last_checkpoint(tmp_path) is None


def test_an_interrupted_checkpoint_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(self, data, path):
        Path(path).write_bytes(data[:10])
        raise KeyboardInterrupt

    monkeypatch.setattr(LocalBackend, "put", interrupt)
    with pytest.raises(KeyboardInterrupt):
        toy_runner(tmp_path).train()
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".pth", ".tmp")]


def test_a_figure_that_does_not_exist_is_told_with_those_that_do(tmp_path):
    checkpoint = dict(type="CheckpointHook", by_epoch=False, interval=1, save_best="qualty", rule="greater")
    runner = toy_runner(tmp_path, hooks=dict(checkpoint=checkpoint))
    with pytest.raises(
        UserError, match="save_best is 'qualty', which the validation does not give: .*quality, VIF$"
    ):
        runner.call_hook("after_val_epoch", metrics=dict(quality=1.0, VIF=2.0))


@pytest.mark.parametrize(
    "settings, says",
    [
        (
            dict(hooks=dict(logger=dict(type="LoggerHook", interval=0))),
            "default_hooks .*interval must be greater than 0",
        ),
        (dict(model=dict(rots=3)), "model of the config cannot be built .*'rots'"),
        (dict(custom_hooks=[dict(type="NoHook")]), "custom_hooks of the config cannot be built .*NoHook"),
        (dict(env_cfg=dict(mp_cfg=dict(mp_start_method="x"))), "env_cfg of the config cannot be built .*'x"),
        (dict(visualizer=3), "visualizer of the config cannot be built"),
        (dict(log_processor=dict(nothing=3)), "log_processor of the config cannot be built .*nothing"),
        (dict(wrapper=dict(nothing=3)), "optim_wrapper of the config cannot be built .*nothing"),
        (dict(batch_size=-1), "a dataloader of the config cannot be built .*batch_size"),
    ],
    ids=lambda part: "" if isinstance(part, str) else next(iter(part)),
)
def test_what_cannot_be_built_is_one_sentence(tmp_path, settings, says):
    with pytest.raises(UserError, match=says) as error:
        toy_runner(tmp_path, **settings).train()
    assert "\n" not in str(error.value)


def test_a_config_that_no_runner_takes_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match="^a part of the config cannot be built .LOUD.$"):
        FusionRunner.from_cfg(Config(dict(model={}, work_dir=str(tmp_path), log_level="LOUD")))


def test_pairs_that_no_pipeline_packs_are_one_sentence():
    hook = PackedBatchHook()
    hook.before_train_iter(None, 0, dict(inputs=[], data_samples=[]))
    for name, check in (("train", hook.before_train_iter), ("val", hook.before_val_iter)):
        with pytest.raises(UserError, match=f"{name}_dataloader gives pairs that are not packed.*PackPair"):
            check(None, 0, dict(img_a_path=["a.png"], annotation=[None]))
