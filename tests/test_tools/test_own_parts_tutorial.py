"""The tutorial of parts of one's own: what docs/add_parts.md shows, in a folder that has nothing else."""

import re
import subprocess
import sys

from conftest import ROOT

from mmfusion_distill.data.generated_scenes import write_generated_pairs

#: What the reader does, with two iterations.
STEPS = """
import numpy as np
from mmfusion_distill.cli import fuse, publish, train

short = ["train_cfg.max_iters=2", "train_cfg.val_interval=2", "default_hooks.checkpoint.interval=2"]
for split in ("train", "val"):
    short += [f"{split}_dataloader.num_workers=0", f"{split}_dataloader.persistent_workers=False"]
train.main(["mine.py", "--cfg-options", *short])
pair = ["data/mine/visible", "data/mine/infrared"]
assert fuse.main([*pair, "fused", "--config", "mine.py", "--weights", "work_dirs/mine"]) == 0
assert publish.main(["mine.py", "work_dirs/mine", "mine.safetensors"]) == 0

from mmfusion_distill.apis import FusionInferencer, get_model
from mmfusion_distill.models.tiles.blended_tiles import TilingConfig

fuse = FusionInferencer(weights="mine.safetensors", device="cpu", backend="pytorch")
assert type(fuse.model.generator.neck).__name__ == "MeanNeck" and fuse.model.generator.neck.share == 0.7
rng = np.random.default_rng(0)
sources = rng.integers(0, 256, (192, 208, 3), np.uint8), rng.integers(0, 256, (192, 208), np.uint8)
whole = fuse.fuse(*sources)
fuse.model.tiling = TilingConfig(mode="tile", tile=128, overlap=32)
assert np.abs(whole.astype(int) - fuse.fuse(*sources)).max() <= 1
assert get_model("mine.safetensors").neck.share == 0.7
"""


def test_the_tutorial_trains_publishes_and_fuses_with_parts_of_ones_own(tmp_path):
    text = (ROOT / "docs" / "add_parts.md").read_text().partition("### Parts of your own")[2]
    parts, config, *_ = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "my_parts.py").write_text(parts)
    (tmp_path / "mine.py").write_text(config)
    write_generated_pairs(tmp_path / "data" / "mine", 4, height=144, width=160)
    done = subprocess.run([sys.executable, "-c", STEPS], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "WARNING" not in done.stdout + done.stderr and "validated_iter" not in done.stdout
    assert len(list((tmp_path / "fused").glob("*.png"))) == 4
