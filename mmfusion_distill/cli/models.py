"""`mmfusion models`: list the weights that come with the package, or all its configs."""

import argparse
import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..system.table import Table
from ..user_errors import UserError, exit_on_user_error
from ..zoo.model_index import ModelEntry, read_model_index, shipped_models


def read_facts(entry: ModelEntry) -> dict[str, Any]:
    """Facts of weights that come with the package, from the file's header and the metafile: no PyTorch is imported.

    Returns:
        dict[str, Any]: `name` that `--weights` takes, `parameters` and `bytes` of the file, its `sha256`, whether the
        network is `guided` by text, the path of the `file`, the name of the `config` of its training, `flops` at
        640x480, a multiply-add counted as 2, and `results`, metrics by data set.

    Raises:
        UserError: If the file is not there, or damaged.
    """
    from safetensors import SafetensorError, safe_open

    path = entry.weights
    try:
        data = path.read_bytes()
        with safe_open(path, framework="numpy") as file:
            parameters = sum(math.prod(file.get_slice(key).get_shape()) for key in file.keys())  # noqa: SIM118
            network = json.loads((file.metadata() or {})["network"])
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise UserError(f"the weights {path} cannot be read ({error}): install the package again") from error
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 != entry.sha256:
        raise UserError(f"the weights {path} are not those that were measured: install the package again")
    return dict(
        name=entry.alias,
        parameters=parameters,
        bytes=len(data),
        sha256=sha256,
        guided="text_channels" in (network.get("prior") or network.get("guidance") or {}),
        file=str(path),
        config=entry.name,
        flops=entry.flops,
        results=entry.results,
    )


def weights_table(facts: Sequence[dict[str, Any]]) -> Table:
    """The weights for a person."""
    titles = ("name", "parameters", "GFLOPs", "size", "guided by text", "sha256")
    rows = [
        (
            fact["name"],
            f"{fact['parameters']:,}",
            f"{fact['flops'] / 1e9:.2f}",
            f"{fact['bytes'] / 1e6:.2f} MB",
            "yes" if fact["guided"] else "no",
            fact["sha256"],
        )
        for fact in facts
    ]
    return Table(titles, rows)


def configs_table(entries: Sequence[ModelEntry]) -> Table:
    """The table of configs in `configs/fusion_distill/README.md`."""
    titles = ("config", "trained on", "parameters", "GFLOPs", "balanced_quality", "weights")
    rows = [
        (
            f"[{entry.name}]({entry.config.name})",
            ", ".join(entry.training_data) or "-",
            f"{entry.parameters:,}",
            f"{entry.flops / 1e9:.2f}",
            next((f"{metrics['balanced_quality']:.3f}" for metrics in entry.results.values()), "-"),
            f"`{entry.alias}`" if entry.alias else "-",
        )
        for entry in entries
    ]
    return Table(titles, rows)


def list_models(args: argparse.Namespace) -> int:
    """Print the list."""
    if args.configs:
        entries = read_model_index()
        print(
            json.dumps([asdict(entry) for entry in entries], indent=2, default=str)
            if args.json
            else configs_table(entries).to_markdown()
        )
        return 0
    facts = [read_facts(entry) for entry in shipped_models().values()]
    if args.json:
        print(json.dumps(facts, indent=2))
    else:
        print(weights_table(facts).to_text())
        folder = Path(facts[0]["file"]).parent
        print(f"\nGFLOPs at 640x480; {folder}: the first is the default, README.md says how each was trained")
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, list, and return the exit code."""
    parser = argparse.ArgumentParser(
        description="List the weights that come with the package, or its configs."
    )
    parser.add_argument("--configs", action="store_true", help="all configs instead, as a Markdown table")
    parser.add_argument("--json", action="store_true", help="for programs, with the path of each file")
    return exit_on_user_error(list_models, parser.parse_args(argv))
