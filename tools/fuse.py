"""Fuse pictures: `python tools/fuse.py A B OUT --weights WEIGHTS [--config CONFIG]` (files or folders)."""

import argparse
import sys

from mmfusion_distill.apis import FusingReport, FusionInferencer, fuse_files
from mmfusion_distill.apis.command_line import exit_on_user_error


def fuse(args: argparse.Namespace) -> FusingReport:
    inferencer = FusionInferencer(args.config, args.weights, args.device)
    return fuse_files(inferencer, args.a, args.b, args.out, args.text, args.annotations)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("a", help="picture or folder of source A (visible, CT, PET, SPECT)")
    parser.add_argument("b", help="picture or folder of source B (infrared, MRI)")
    parser.add_argument("out", help="target picture, or folder")
    parser.add_argument(
        "--weights",
        "--checkpoint",
        required=True,
        help="checkpoint, work folder of a run, or a safetensors file of publish_student.py",
    )
    parser.add_argument("--config", help="config of the network; a file of publish_student.py needs none")
    parser.add_argument("--text", help='description for a guided network, e.g. "low light; haze: far away"')
    parser.add_argument("--annotations", help="folder of annotation files for a guided network")
    parser.add_argument("--device", help="e.g. cpu or cuda:0 (default: the GPU if there is one)")
    report = exit_on_user_error(fuse, parser.parse_args())
    print(f"{len(report.written)} written" + (f", first {report.written[0]}" if report.written else ""))
    for failure in report.failures:
        print(f"failed: {failure}", file=sys.stderr)
    sys.exit(1 if report.failures else 0)


if __name__ == "__main__":
    main()
