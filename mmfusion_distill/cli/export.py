"""`mmfusion export`: [CONFIG] WEIGHTS OUT --precision fp32; the ending of OUT chooses the format.

The exported file is compared with PyTorch at several sizes, or at that of `--size`; a difference above 1e-3 ends with
exit code 1. Files of lower precision are compared by the images that they make of real or generated pairs, and must
reach a PSNR. One line says what became of it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..export.precision import PRECISIONS
from ..inference.network_file import FORMATS
from ..system.number_range import NumberRange, at_least, counted
from ..user_errors import UserError, exit_on_user_error
from .command_line import image_size
from .source_arguments import add_source_arguments, source_options

if TYPE_CHECKING:
    from ..registration.pair_reader import PairReader

#: Largest difference of single precision, for values in [0, 1].
TOLERANCE = 1e-3
#: PSNR in dB to PyTorch's images below which a file of lower precision is refused.
LEAST_PSNR = {"fp16": 50.0, "int8": 30.0}


def export(args: argparse.Namespace) -> bool:
    """Export and check; whether the file is as good as it must be."""
    # A help text does without PyTorch and OpenCV.
    from ..export.calibration import calibration_pairs, measure_quality
    from ..export.export_network import SIZES, export_network, largest_differences
    from ..inference.exported_fusion import ExportedFusion
    from ..inference.exported_inferencer import ExportedInferencer
    from ..inference.pytorch_inferencer import PyTorchInferencer
    from ..registration.pair_reader import PairReader

    if args.precision == "int8" and not (args.calibration_a and args.calibration_b):
        raise UserError(
            "int8 needs --calibration-a DIR and --calibration-b DIR: pairs like those to be fused"
        )
    if args.size is not None and (args.precision == "int8" or args.quality_a):
        raise UserError(
            "--size goes with fp32 and fp16 of generated pairs: what quantizes for a processor of one size is that "
            "processor's own tool"
        )
    if bool(args.quality_a) != bool(args.quality_b):
        raise UserError("--quality-a and --quality-b go together: give both folders")
    reader = PairReader(source_options(args))
    inferencer = PyTorchInferencer(args.config, args.weights, "cpu")
    network = inferencer.model.generator
    calibration = None
    if args.precision == "int8":
        calibration = list(
            calibration_pairs(
                args.calibration_a, args.calibration_b, args.calibration_pairs, network.multiple, reader
            )
        )
    file_format = args.format or format_of(args.out)
    out = export_network(
        network, args.out, file_format, args.precision, calibration, size=args.size, opset=args.opset
    )
    sizes = SIZES if args.size is None else [args.size]
    difference = max(largest_differences(network, ExportedFusion(out), sizes).values())
    written = (
        f"written: {out}, {out.stat().st_size / 1e6:.1f} MB; largest difference to PyTorch {difference:.1e}"
    )
    if args.precision == "fp32":
        print(written)
        return difference <= TOLERANCE
    pairs = quality_pairs(args, reader)
    result = measure_quality(inferencer, ExportedInferencer(out), pairs)
    for note in reader.notes():
        print(f"note: {note}")
    print(
        f"{written}; {counted(len(pairs), 'pair')}: PSNR to PyTorch {result.psnr:.1f} dB, balanced_quality "
        f"{result.exported:.4f}, of PyTorch {result.pytorch:.4f}"
    )
    return result.psnr >= LEAST_PSNR[args.precision]


def format_of(out: str) -> str:
    """The format that the ending of a file says."""
    named = {ending: name for name, ending in FORMATS.items()}
    suffix = Path(out).suffix
    if suffix not in named:
        raise UserError(f"{out}: the ending tells no format: take {', '.join(named)}")
    return named[suffix]


def quality_pairs(args: argparse.Namespace, reader: "PairReader") -> list[tuple[np.ndarray, np.ndarray]]:
    """The pairs that quality is measured on: (H, W, 3) and (H, W) uint8."""
    from ..data.generated_scenes import generate_pair
    from ..images.pairing import find_pairs
    from ..images.pixels import to_uint8

    size = {} if args.size is None else dict(zip(("height", "width"), args.size))
    folders = (args.quality_a, args.quality_b) if args.quality_a else (args.calibration_a, args.calibration_b)
    if not all(folders):
        generated = (generate_pair(seed, **size) for seed in range(args.quality_pairs))
        return [(img_a, img_b[:, :, 0]) for img_a, img_b in generated]
    pairs, _ = find_pairs(*folders)
    images = (reader.read(pair.path_a, pair.path_b, 3) for pair in pairs[-args.quality_pairs :])
    return [(to_uint8(pair.img_a), to_uint8(pair.img_b[:, :, 0])) for pair in images]


def main(argv: Sequence[str] | None = None) -> int:
    """Parse the arguments, export, check, and return the exit code."""
    parser = argparse.ArgumentParser(
        usage="%(prog)s [options] [CONFIG] WEIGHTS OUT",
        description="Export a network, and compare the file with PyTorch; exit code 1 if it differs too much.",
    )
    parser.add_argument(
        "network",
        nargs="+",
        metavar="WEIGHTS",
        help="weights that come with the package by name, or a file of the publish command; or the config of the "
        "network or of its distillation (whose student is taken), and a checkpoint or the work folder of a run",
    )
    parser.add_argument("out", help="target, ending in " + ", ".join(FORMATS.values()))
    parser.add_argument("--format", choices=FORMATS, help="default: by the ending of OUT")
    parser.add_argument(
        "--size",
        type=image_size,
        metavar="WIDTHxHEIGHT",
        help="take images of this size only, one pair at a time, for runtimes that want fixed shapes",
    )
    parser.add_argument(
        "--opset", type=NumberRange(14, 18, is_whole=True), default=17, help="of ONNX (default: 17)"
    )
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32")
    parser.add_argument("--calibration-a", metavar="DIR", help="int8: images of source A")
    parser.add_argument("--calibration-b", metavar="DIR", help="int8: images of source B")
    parser.add_argument(
        "--calibration-pairs", type=at_least(1), default=16, help="int8: the first so many (default: 16)"
    )
    parser.add_argument(
        "--quality-a",
        metavar="DIR",
        help="images that quality is measured on (default: those to calibrate, or generated scenes)",
    )
    parser.add_argument("--quality-b", metavar="DIR")
    parser.add_argument("--quality-pairs", type=at_least(1), default=4, help="the last so many (default: 4)")
    add_source_arguments(parser)
    args = parser.parse_args(argv)
    *config, args.weights = args.network
    if len(config) > 1:
        parser.error(f"wanted [CONFIG] WEIGHTS OUT, not {len(args.network) + 1} of them")
    args.config = config[0] if config else None
    if not exit_on_user_error(export, args):
        sys.exit("error: the exported file differs too much from PyTorch, see above")
    return 0
