"""Weights that come with the package."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "weights"

#: Files by name; `weights/README.md` says how each was trained.
SHIPPED_WEIGHTS = {
    "student": "student_fusionunet_roadscene.safetensors",
    "tiny": "tiny_fusionunet_roadscene.safetensors",
    "teacher": "teacher_fusionunet_roadscene.safetensors",
}
DEFAULT_WEIGHTS = "student"


def shipped_weights(name: str | Path) -> Path:
    """The file of weights that come with the package; any other name is a path already.

    A checkpoint or the work folder of a run that is called like them is meant itself.
    """
    path = Path(name)
    if str(name) not in SHIPPED_WEIGHTS or path.is_file() or (path / "last_checkpoint").is_file():
        return path
    return shipped_file(str(name))


def shipped_file(name: str) -> Path:
    """The file that comes with the package by this name, whatever lies in the folder where one works."""
    return FOLDER / SHIPPED_WEIGHTS[name]
