"""Draw contact sheets: pairs and their fusions side by side, to be looked at before weights are published.

python tools/analysis_tools/contact_sheets.py --weights student tiny --out sheets

With --blind the fusions of every row change places, for judges who should not know whose they are.
"""

import argparse
from pathlib import Path

from mmfusion_distill.cli.command_line import add_networks_argument, add_pair_arguments, check_pair_arguments
from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import exit_on_user_error

CONFIG = "configs/fusion_distill/student_fusionunet_1xb2-3k_cameras-176x344.py"


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_networks_argument(parser, "columns")
    parser.add_argument(
        "--config", default=CONFIG, help=f"draws each set that it validates on (default: {CONFIG})"
    )
    add_pair_arguments(parser, "the sets of the config")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder of the sheets")
    parser.add_argument(
        "--count", type=at_least(1), default=6, metavar="N", help="rows of a sheet (default: 6)"
    )
    parser.add_argument(
        "--width", type=at_least(32), default=400, metavar="PIXELS", help="of an image (default: 400)"
    )
    parser.add_argument("--crop", action="store_true", help="the middle of the images, unscaled")
    parser.add_argument("--blind", type=at_least(0), metavar="SEED", help="shuffle the fusions of every row")
    parser.add_argument("--device", help="e.g. cpu or cuda:0 (default: the GPU if there is one)")
    args = parser.parse_args()
    check_pair_arguments(parser, args)
    return args


def draw(args: argparse.Namespace) -> None:
    from mmfusion_distill.analysis import contact_sheets
    from mmfusion_distill.analysis.named_network import load_named_network
    from mmfusion_distill.analysis.scored_pairs import folder_dataset, load_shown_pairs, validated_sets
    from mmfusion_distill.apis import FusionInferencer
    from mmfusion_distill.zoo.config_files import read_config

    if args.a:
        sets = {"pairs": folder_dataset(args.a, args.b, args.annotations, args.names, args.modality)}
    else:
        sets = validated_sets(read_config(args.config))
    networks = [load_named_network(text, FusionInferencer, args.device) for text in args.weights]
    for name, dataset in sets.items():
        pairs = load_shown_pairs(dataset, args.count)
        fused = list(contact_sheets.fusions_of(networks, pairs))
        path = Path(args.out) / f"{name}.png"
        contact_sheets.write_contact_sheet(path, pairs, fused, args.width, args.crop, args.blind)
        print(f"written: {path}", flush=True)


if __name__ == "__main__":
    exit_on_user_error(draw, parse_args())
