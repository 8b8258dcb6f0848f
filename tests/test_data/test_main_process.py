"""In a distributed run one process annotates, and the others wait."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from mmengine.dist import get_rank, init_dist
from mmfusion_distill.data.paired_fusion_dataset import PairedFusionDataset
from mmfusion_distill.data.missing_annotations import on_main_process
from mmfusion_distill.user_errors import UserError
import mmfusion_distill.data.paired_fusion_dataset as module

init_dist("pytorch", backend="gloo")
asked = []
original = module.annotate_missing
module.annotate_missing = lambda pairs, *args: asked.extend(pairs) or original(pairs, *args)
data = PairedFusionDataset(
    data_root=sys.argv[1], data_prefix=dict(img_a="a", img_b="b", annotation="new"), annotator="statistics"
)
texts = [data.get_data_info(index)["annotation"].event_types for index in range(len(data))]
def fail():
    raise UserError("no space")
try:
    on_main_process(fail)
except UserError as error:
    failure = type(error).__name__
print(get_rank(), len(asked), texts, failure, flush=True)
"""


def test_one_process_annotates_for_all_and_its_failure_is_everybodys(pair_folder):
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, pair_folder],
            env=os.environ
            | dict(RANK=rank, LOCAL_RANK=rank, WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT="29519"),
            stdout=subprocess.PIPE,
            text=True,
        )
        for rank in "01"
    ]
    first, second = (run.communicate(timeout=120)[0].strip().splitlines()[-1] for run in runs)
    assert first.startswith("0 6 ") and first.endswith(" UserError")
    assert second.startswith("1 0 ") and second.endswith(" UserError")
    assert first[4:].rsplit(" ", 1)[0] == second[4:].rsplit(" ", 1)[0]
    assert not (pair_folder / "new").exists(), "what is made for a run is kept in the cache"
    assert len(list(Path(os.environ["MMFUSION_CACHE"]).rglob("*.txt"))) == 6
