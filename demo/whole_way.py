"""The whole way in minutes: annotate, train a teacher, distill a student, score both and fuse.

python demo/whole_way.py, or `make demo`, which sets everything up before.
"""

import argparse
import os
import time
from pathlib import Path

from mmengine.config import Config

from mmfusion_distill.analysis.comparison import compare, comparison_table
from mmfusion_distill.analysis.scored_pairs import folder_dataset, inputs_of
from mmfusion_distill.data.generated_scenes import write_generated_pairs
from mmfusion_distill.engine import FusionRunner
from mmfusion_distill.evaluation import picture_grid
from mmfusion_distill.images.image_io import read_image_pair, write_image
from mmfusion_distill.inference.pytorch_inferencer import PyTorchInferencer
from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.system.regular_file import write_text_atomically
from mmfusion_distill.user_errors import exit_on_user_error
from mmfusion_distill.zoo.config_files import read_config

CONFIGS = Path(__file__).resolve().parent.parent / "configs" / "fusion_distill"
TEACHER_CONFIG = CONFIGS / "teacher_fusionunet_1xb2-3k_cameras-176x344.py"
STUDENT_CONFIG = CONFIGS / "distill_fusionunet_1xb2-2k_cameras-176x344.py"
# Small crops: the demonstration shows that training runs, not what it reaches.
CROP_SIZE = (64, 64)
GENERATED_PAIRS = 12


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work-dir", default="work_dirs/demo", help="where everything goes")
    parser.add_argument("--iterations", type=at_least(1), default=40, help="of each training (default: 40)")
    parser.add_argument("--pairs", type=at_least(1), default=2, help="scored and shown (default: 2)")
    return parser.parse_args()


def run_demo(work_dir: str | Path, iterations: int = 40, scored_pairs: int = 2) -> Path:
    """Run the demonstration and print its table.

    Real pairs of RoadScene are used if `MMFUSION_DATA_ROOT` has them, else generated ones.

    Args:
        work_dir (str | Path): Where everything goes.
        iterations (int): Training iterations of the teacher, and again of the student. Default: 40.
        scored_pairs (int): Unseen pairs that are scored and shown. Default: 2.

    Returns:
        Path: Image of the pairs and both results.
    """
    start = time.perf_counter()
    work_dir = Path(work_dir)
    train, unseen, origin = find_demo_data(work_dir, scored_pairs)
    print(f"[1/5] Pairs: {origin}")
    print("[2/5] Annotating: image statistics name each pair's degradations", flush=True)
    inputs_of(train)
    teacher_dir, student_dir = work_dir / "teacher", work_dir / "student"
    print(f"[3/5] Training the teacher with text, {iterations} iterations", flush=True)
    teacher = _train(TEACHER_CONFIG, teacher_dir, train, iterations)
    print(f"[4/5] Distilling the student without text, {iterations} iterations", flush=True)
    options = {"model.teacher_checkpoint": str(teacher_dir)}
    student = _train(STUDENT_CONFIG, student_dir, train, iterations, options)
    pairs = inputs_of(unseen)
    print(f"[5/5] Scoring on {len(pairs)} unseen pairs", flush=True)
    networks = {
        "demo teacher": PyTorchInferencer(teacher, teacher_dir, device="cpu"),
        "demo student": PyTorchInferencer(student, student_dir, device="cpu"),
        "tiny": PyTorchInferencer(weights="tiny", device="cpu"),
        "student": PyTorchInferencer(weights="student", device="cpu"),
    }
    print(
        "\n"
        + comparison_table(
            compare(networks, pairs, repeats=1), student="demo student", teacher="demo teacher"
        )
    )
    montage = _write_montage(networks, pairs, work_dir / "montage.png")
    print(
        f"\nA, B, mean and maximum are a copy of either source and their mean and maximum; pyramid takes the "
        f"stronger Laplacian band, without a network: what does not beat it is of no use. GFLOPs count a "
        f"multiply-add as 2; s/image is the median on this machine.\n"
        f"The demo's teacher and student were trained for moments: they show that everything works, and start from "
        f"the pyramid. 'student' and 'tiny' are the networks that come with the package. "
        f"{time.perf_counter() - start:.0f} s in all.\n"
        f"Images: {montage}"
    )
    return montage


def find_demo_data(work_dir: Path, scored_pairs: int) -> tuple[dict, dict, str]:
    """RoadScene below `MMFUSION_DATA_ROOT`, else pairs that are generated in the work folder.

    Args:
        work_dir (Path): Where everything goes.
        scored_pairs (int): How many pairs are not trained with.

    Returns:
        tuple[dict, dict, str]: Configs of the data sets to train with and to score and show, which are annotated when
        they are built, and what they are, for a person.
    """
    root = Path(os.environ.get("MMFUSION_DATA_ROOT", "")) / "RoadScene"
    if os.environ.get("MMFUSION_DATA_ROOT") and (root / "train.txt").is_file():
        folders, origin = ("crop_LR_visible", "cropinfrared"), f"RoadScene in {root}"
        names = (root / "val.txt").read_text().split()
    else:
        root, folders = work_dir / "data", ("visible", "infrared")
        origin = f"{GENERATED_PAIRS} generated scenes in {root} (set MMFUSION_DATA_ROOT for real ones)"
        write_generated_pairs(root, GENERATED_PAIRS)
        names = sorted(path.stem for path in (root / "visible").glob("*.png"))
        write_text_atomically(root / "train.txt", "\n".join(names[scored_pairs:]) + "\n")
    unseen = work_dir / "val.txt"
    write_text_atomically(unseen, "\n".join(names[:scored_pairs]) + "\n")
    train, scored = (
        folder_dataset(root / folders[0], root / folders[1], work_dir / "annotations", listed)
        for listed in (root / "train.txt", unseen)
    )
    return train, scored, origin


def _train(
    config: Path, work_dir: Path, dataset: dict, iterations: int, options: dict | None = None
) -> Config:
    cfg = read_config(config)
    cfg.work_dir = str(work_dir)
    cfg.merge_from_dict(
        {
            "train_cfg.max_iters": iterations,
            "optim_wrapper.optimizer.lr": 2e-4,
            "param_scheduler": [
                dict(type="CosineAnnealingLR", by_epoch=False, T_max=iterations, eta_min=1e-6)
            ],
            "default_hooks.checkpoint.interval": iterations,
            "default_hooks.checkpoint.save_best": None,
            "default_hooks.logger.interval": 10,
            "log_processor.window_size": 10,
            "log_level": "WARNING",
            "load_from": None,
            **(options or {}),
        }
    )
    # Of all sets the first, whose place the given one takes.
    pipeline = cfg.train_dataloader.dataset.datasets[0].pipeline
    cfg.train_dataloader.dataset = dict(dataset, pipeline=pipeline)
    sizes = dict(RandomPairCrop="crop_size", RandomPairResize="min_size")
    for step in cfg.train_dataloader.dataset.pipeline:
        if step.type in sizes:
            step[sizes[step.type]] = CROP_SIZE
    for split in ("val", "test"):
        for part in ("cfg", "dataloader", "evaluator"):
            cfg[f"{split}_{part}"] = None
    cfg.default_hooks.progress = dict(type="ProgressBarHook")
    FusionRunner.from_cfg(cfg).train()
    return cfg


def _write_montage(networks: dict[str, PyTorchInferencer], pairs: list[dict], path: Path) -> Path:
    rows = [
        [
            *read_image_pair(pair["img_a"], pair["img_b"]),
            *(network(pair)["predictions"][0] for network in networks.values()),
        ]
        for pair in pairs
    ]
    write_image(path, picture_grid(rows, ["visible", "infrared", *networks]))
    return path


if __name__ == "__main__":
    args = parse_args()
    exit_on_user_error(run_demo, args.work_dir, args.iterations, args.pairs)
