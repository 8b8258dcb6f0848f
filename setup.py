"""Packaging of mmfusion_distill."""

from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).resolve().parent


def read_version() -> str:
    scope: dict = {}
    exec((ROOT / "mmfusion_distill" / "version.py").read_text(), scope)
    return scope["__version__"]


def read_requirements(name: str) -> list[str]:
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]


def runtime_requirements() -> list[str]:
    """The runtime requirements, with an installed full mmcv in the place of mmcv-lite."""
    from importlib.metadata import PackageNotFoundError, version

    requirements = read_requirements("runtime")
    try:
        version("mmcv")
    except PackageNotFoundError:
        return requirements
    return [line.replace("mmcv-lite", "mmcv") for line in requirements]


setup(
    name="mmfusion_distill",
    version=read_version(),
    description="Image fusion with text-guided teachers and small distilled students, as a plugin of MMagic",
    long_description=(ROOT / "README.md").read_text() if (ROOT / "README.md").exists() else "",
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.10,<3.13",
    packages=find_packages(include=["mmfusion_distill", "mmfusion_distill.*"]),
    package_data={"mmfusion_distill": ["annotation/prompts/*", "weights/*", "datasets/splits/*"]},
    install_requires=runtime_requirements(),
    extras_require={name: read_requirements(name) for name in ("tests", "optional", "thermal", "medical")},
    entry_points={"console_scripts": ["mmfusion = mmfusion_distill.commands.mmfusion:main"]},
    zip_safe=False,
)
