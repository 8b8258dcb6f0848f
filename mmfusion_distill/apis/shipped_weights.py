"""Weights that come with the package."""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "weights"

#: Files by name; `weights/README.md` says how each was trained.
SHIPPED_WEIGHTS = {
    "student": "student_fusionunet_roadscene.safetensors",
    "tiny": "tiny_fusionunet_roadscene.safetensors",
}
DEFAULT_WEIGHTS = "student"


def shipped_weights(name: str | Path) -> Path:
    """The file of weights that come with the package; any other name is a path already."""
    return FOLDER / SHIPPED_WEIGHTS[str(name)] if str(name) in SHIPPED_WEIGHTS else Path(name)
