"""Fuse pictures: `python tools/fuse.py A B OUT [--weights WEIGHTS] [--config CONFIG]` (files or folders)."""

import argparse
import sys
from pathlib import Path

from mmfusion_distill.apis import FusingReport, fuse_files
from mmfusion_distill.apis.source_arguments import add_source_arguments, source_options
from mmfusion_distill.deployment import ExportedInferencer, is_exported
from mmfusion_distill.io import PairFuser
from mmfusion_distill.io.pair_reader import PairReader
from mmfusion_distill.user_errors import exit_on_user_error


def build_inferencer(args: argparse.Namespace) -> PairFuser:
    if is_exported(args.weights) and args.config is None:
        return ExportedInferencer(args.weights, device=args.device)
    # An exported network runs without PyTorch, which this needs.
    from mmfusion_distill.apis import FusionInferencer

    return FusionInferencer(args.config, args.weights, args.device)


def check_text(args: argparse.Namespace, inferencer: PairFuser) -> None:
    given = [name for name in ("text", "annotations") if getattr(args, name) is not None]
    if given and not inferencer.guided:
        raise ValueError(
            f"--{given[0]} is for networks that are guided by text, which this one is not: leave it out"
        )
    if args.text is not None and not args.text.strip(" ;:\t\n"):
        raise ValueError("--text is empty: describe the pictures, or leave it out")
    if args.annotations is not None and not any(Path(args.annotations).glob("*.txt")):
        raise ValueError(
            f"--annotations {args.annotations} is no folder with annotation files: correct the path"
        )


def fuse(args: argparse.Namespace) -> FusingReport:
    # What is said about the options comes before the network, which takes a while.
    reader = PairReader(source_options(args))
    inferencer = build_inferencer(args)
    check_text(args, inferencer)
    return fuse_files(
        inferencer,
        args.a,
        args.b,
        args.out,
        args.text,
        args.annotations,
        args.batch_size,
        args.workers,
        args.overwrite,
        reader,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("a", help="picture or folder of source A (visible, CT, PET, SPECT)")
    parser.add_argument("b", help="picture or folder of source B (infrared, MRI)")
    parser.add_argument("out", help="target picture, or folder")
    parser.add_argument(
        "--weights",
        "--checkpoint",
        help="checkpoint, work folder of a run, safetensors file of publish_student.py, exported network (.onnx, "
        ".xml, TorchScript), or the name of weights that come with the package: student (default) or tiny",
    )
    parser.add_argument("--config", help="config of the network; only checkpoints and work folders need one")
    parser.add_argument("--text", help='description for a guided network, e.g. "low light; haze: far away"')
    parser.add_argument("--annotations", help="folder of annotation files for a guided network")
    parser.add_argument("--device", help="e.g. cpu or cuda:0 (default: the GPU if there is one)")
    parser.add_argument("--batch-size", type=int, default=1, help="pairs of equal size fused at a time")
    parser.add_argument("--workers", type=int, default=2, help="threads that read, and as many that write")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace pictures that were not written by this tool"
    )
    add_source_arguments(parser)
    report = exit_on_user_error(fuse, parser.parse_args())
    print(f"{len(report.written)} written" + (f", first {report.written[0]}" if report.written else ""))
    for note in report.notes:
        print(f"note: {note}")
    for failure in report.failures:
        print(f"failed: {failure}", file=sys.stderr)
    sys.exit(1 if report.failures else 0)


if __name__ == "__main__":
    main()
