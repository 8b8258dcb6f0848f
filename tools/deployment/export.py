"""Export a student: `python tools/deployment/export.py CONFIG CHECKPOINT OUT --format onnx`.

The exported file is compared with PyTorch on several sizes; a difference above 1e-3 ends with exit code 1.
"""

import argparse
import sys

from mmfusion_distill.apis import FusionInferencer
from mmfusion_distill.apis.command_line import exit_on_user_error
from mmfusion_distill.deployment import FORMATS, ExportedFusion, export_network, largest_differences

TOLERANCE = 1e-3


def export(args: argparse.Namespace) -> float:
    network = FusionInferencer(args.config, args.checkpoint, "cpu").model.generator
    out = export_network(network, args.out, args.format)
    print(f"written: {out}")
    differences = largest_differences(network, ExportedFusion(out))
    for (height, width), difference in differences.items():
        print(f"largest difference to PyTorch at {width}x{height}: {difference:.1e}")
    return max(differences.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "config", help="config of the network or of its distillation (whose student is taken)"
    )
    parser.add_argument("checkpoint", help="checkpoint, or the work folder of a run")
    parser.add_argument("out", help="target, ending in " + ", ".join(FORMATS.values()))
    parser.add_argument("--format", choices=FORMATS, default="onnx")
    if exit_on_user_error(export, parser.parse_args()) > TOLERANCE:
        sys.exit(f"error: the exported file differs from PyTorch by more than {TOLERANCE}")


if __name__ == "__main__":
    main()
