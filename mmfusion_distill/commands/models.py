"""`mmfusion models`: list the weights that come with the package."""

import argparse
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..user_errors import UserError, exit_on_user_error


@dataclass(frozen=True)
class WeightsFacts:
    """What is known of a file of weights without building its network.

    Args:
        name (str): What `--weights` takes.
        parameters (int): How many numbers it holds.
        bytes (int): Size of the file.
        sha256 (str): Hash of the file.
        guided (bool): Whether the network reads text.
        file (str): Its path.
    """

    name: str
    parameters: int
    bytes: int
    sha256: str
    guided: bool
    file: str


def read_facts(name: str, path: Path) -> WeightsFacts:
    """Facts of a safetensors file, from its header: PyTorch is not imported.

    Args:
        name (str): What the file is called by.
        path (Path): The file, as `mmfusion publish` writes it.

    Raises:
        UserError: If the file is not there, or damaged.
    """
    from safetensors import SafetensorError, safe_open

    try:
        data = path.read_bytes()
        with safe_open(path, framework="numpy") as file:
            parameters = sum(math.prod(file.get_slice(key).get_shape()) for key in file.keys())  # noqa: SIM118
            network = json.loads((file.metadata() or {})["network"])
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise UserError(f"the weights {path} cannot be read ({error}): install the package anew") from error
    return WeightsFacts(
        name,
        parameters,
        len(data),
        hashlib.sha256(data).hexdigest(),
        network.get("guidance") is not None,
        str(path),
    )


def format_table(facts: Sequence[WeightsFacts]) -> str:
    """The facts for a person."""
    rows = [("name", "parameters", "size", "guided by text", "sha256")]
    rows += [
        (
            fact.name,
            f"{fact.parameters:,}",
            f"{fact.bytes / 1e6:.2f} MB",
            "yes" if fact.guided else "no",
            fact.sha256,
        )
        for fact in facts
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows
    )


def list_models(args: argparse.Namespace) -> int:
    """Print the list."""
    from ..io.shipped_weights import SHIPPED_WEIGHTS, shipped_file

    facts = [read_facts(name, shipped_file(name)) for name in SHIPPED_WEIGHTS]
    if args.json:
        print(json.dumps([asdict(fact) for fact in facts], indent=2))
    else:
        print(format_table(facts))
        print(
            f"\nin {Path(facts[0].file).parent}; the first is the default, README.md says how each was trained"
        )
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, list, and return the exit code."""
    parser = argparse.ArgumentParser(description="List the weights that come with the package.")
    parser.add_argument("--json", action="store_true", help="for programs, with the path of each file")
    return exit_on_user_error(list_models, parser.parse_args(argv))
