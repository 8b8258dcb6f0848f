"""The recipe of the weights that come with the package: which trainings, in which order, from what."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..models.weight_files.checkpoints import last_checkpoint
from ..user_errors import UserError


@dataclass(frozen=True)
class Stage:
    """One training.

    Args:
        name (str): Name of the stage, and of its work folder.
        config (str): Name of the config in configs/fusion_distill.
        start (str, optional): Stage whose last weights it starts from. Default: None, from the pyramid.
        teacher (str, optional): Stage whose network it distils. Default: None.
        ships (str, optional): File in mmfusion_distill/weights that its weights become. Default: None, none.
        reads_text (bool): Whether its network is guided by text, and names no events. Default: False.
        is_seeded (bool): Whether `--seeds` repeats it. Default: False.
    """

    name: str
    config: str
    start: str | None = None
    teacher: str | None = None
    ships: str | None = None
    reads_text: bool = False
    is_seeded: bool = False


#: In the order in which they are trained: each starts from what is above it.
STAGES = (
    Stage("student-alone", "student_fusionunet_1xb2-3k_cameras-176x344"),
    Stage("tiny-alone", "tiny_fusionunet_1xb2-3k_cameras-176x344"),
    Stage(
        "teacher",
        "teacher_fusionunet_1xb2-3k_cameras-176x344",
        ships="teacher_fusionunet_cameras.safetensors",
        reads_text=True,
    ),
    Stage(
        "student",
        "distill_fusionunet_1xb2-3k_cameras-176x344",
        start="student-alone",
        teacher="teacher",
        ships="student_fusionunet_cameras.safetensors",
        is_seeded=True,
    ),
    Stage(
        "tiny",
        "distill_fusionunet-tiny_1xb2-3k_cameras-176x344",
        start="tiny-alone",
        teacher="teacher",
        ships="tiny_fusionunet_cameras.safetensors",
    ),
    Stage(
        "medical",
        "student_fusionunet_1xb2-1k_harvard-224x224",
        start="student",
        ships="medical_fusionunet_harvard.safetensors",
    ),
)


def planned(names: Sequence[str] = (), seeds: int = 1) -> list[tuple[Stage, int]]:
    """The trainings to do, each with its seed.

    Raises:
        UserError: If there is no such stage.
    """
    known = [stage.name for stage in STAGES]
    for name in names:
        if name not in known:
            raise UserError(f"there is no stage '{name}': take some of {', '.join(known)}")
    wanted = [stage for stage in STAGES if not names or stage.name in names]
    return [(stage, seed) for stage in wanted for seed in range(seeds if stage.is_seeded else 1)]


def folder_of(root: str | Path, stage: str, seed: int = 0) -> Path:
    """Work folder of a training."""
    return Path(root) / (stage if seed == 0 else f"{stage}-seed{seed}")


def options_of(stage: Stage, root: str | Path, seed: int = 0) -> dict[str, str | int]:
    """Settings of a training that its config does not have.

    Returns:
        dict[str, str | int]: For `--cfg-options`.

    Raises:
        UserError: If a stage before it has not been trained to its end.
    """
    options: dict[str, str | int] = {"randomness.seed": seed}
    options["load_from"] = "None" if stage.start is None else str(end_of(root, stage.start))
    if stage.teacher is not None:
        options["model.teacher_checkpoint"] = str(end_of(root, stage.teacher))
    return options


def end_of(root: str | Path, stage: str) -> Path:
    """The checkpoint that a stage's training of seed 0 ended with, from which others go on.

    Raises:
        UserError: If it has not come to its end.
    """
    folder = folder_of(root, stage, 0)
    checkpoint = last_checkpoint(folder)
    if not is_done(folder) or checkpoint is None:
        raise UserError(f"the stage {stage} has not been trained to its end in {folder}: run it first")
    return checkpoint


def is_done(folder: Path) -> bool:
    """Whether a training has come to its end."""
    return (folder / "done").is_file()
