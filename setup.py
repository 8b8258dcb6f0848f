"""Packaging of mmfusion_distill."""

import shutil
import sys
import sysconfig
from importlib.metadata import distributions
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
#: What OpenMMLab's tools (mim, configs of other packages by `mmfusion::...`) look for inside a package.
MIM = ("configs", "tools", "model-index.yml")
#: Optional parts, each with its requirements/NAME.txt: pip install 'mmfusion_distill[NAME]'.
EXTRAS = (
    "annotate",
    "detect",
    "docs",
    "evaluate",
    "medical",
    "openvino",
    "serve",
    "sound",
    "tests",
    "tests-light",
    "thermal",
    "train",
)


def read_version() -> str:
    scope: dict = {}
    exec((ROOT / "mmfusion_distill" / "version.py").read_text(), scope)
    return scope["__version__"]


def read_requirements(name: str) -> list[str]:
    requirements = []
    for line in (ROOT / "requirements" / name).read_text().splitlines():
        line = line.strip()
        if line.startswith("-r "):
            requirements += read_requirements(line.removeprefix("-r "))
        elif line and not line.startswith("#"):
            requirements.append(line)
    return requirements


def has_full_mmcv() -> bool:
    """Whether mmcv is installed where this package goes.

    A build in isolation does not see it on `sys.path`; the folders of the interpreter that pip runs are the same.
    """
    folders = {*sys.path, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return any(found.name == "mmcv" for found in distributions(path=sorted(folders)))


def requirements_of(extra: str) -> list[str]:
    """Requirements of an extra, with an installed full mmcv instead of mmcv-lite."""
    requirements = read_requirements(f"{extra}.txt")
    if not has_full_mmcv():
        return requirements
    return [line.replace("mmcv-lite", "mmcv") for line in requirements]


class BuildWithMim(build_py):
    """Puts configs, tools and model index into the package, under `.mim`, as MMagic does."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            folder = ROOT / "mmfusion_distill" / ".mim"
            folder.mkdir(exist_ok=True)
            for name in MIM:
                link = folder / name
                if not link.is_symlink():
                    link.symlink_to(Path("..", "..", name))
            return
        folder = Path(self.build_lib, "mmfusion_distill", ".mim")
        # Of an earlier build, which may have had more.
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name in MIM:
            if (ROOT / name).is_dir():
                shutil.copytree(
                    ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.pyc")
                )
            else:
                shutil.copy2(ROOT / name, folder / name)


setup(
    name="mmfusion_distill",
    version=read_version(),
    description="Image fusion with text-guided teachers and small distilled students, trained as a plugin of MMagic",
    long_description=(ROOT / "README.md").read_text() if (ROOT / "README.md").exists() else "",
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.10,<3.13",
    packages=find_packages(include=["mmfusion", "mmfusion_distill", "mmfusion_distill.*"]),
    package_data={
        "mmfusion_distill": [
            "annotation/prompts/*",
            "data/degradations/texts/*",
            "weights/*",
            "data/splits/*",
            "data/texts/*",
        ]
    },
    install_requires=read_requirements("runtime.txt"),
    extras_require={name: requirements_of(name) for name in EXTRAS},
    cmdclass={"build_py": BuildWithMim},
    entry_points={"console_scripts": ["mmfusion = mmfusion_distill.cli.main:main"]},
    zip_safe=False,
)
