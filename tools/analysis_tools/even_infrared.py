"""Print how far results are from the visible image where the infrared one is even (wanted: below 2).

python tools/analysis_tools/even_infrared.py
"""

import argparse

from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import exit_on_user_error


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--weights",
        nargs="+",
        metavar="WEIGHTS",
        help="published or exported networks, or names of those that come with the package (default: all of these)",
    )
    parser.add_argument(
        "--pictures", nargs="+", metavar="FILE", help="visible images (default: generated scenes)"
    )
    parser.add_argument("--count", type=at_least(1), default=3, help="of generated scenes (default: 3)")
    parser.add_argument("--device", help="e.g. cpu or cuda:0 (default: the GPU if there is one)")
    return parser.parse_args()


def report(args: argparse.Namespace) -> None:
    from mmfusion_distill.analysis.even_infrared import even_infrared_table, measure_even_infrared
    from mmfusion_distill.apis import FusionInferencer, list_models
    from mmfusion_distill.data.generated_scenes import generate_pair
    from mmfusion_distill.images.image_io import read_image
    from mmfusion_distill.images.pixels import to_uint8

    if args.pictures:
        pictures = [to_uint8(read_image(path)) for path in args.pictures]
    else:
        pictures = [generate_pair(seed)[0] for seed in range(args.count)]
    networks = args.weights or list_models()
    differences = {
        name: measure_even_infrared(FusionInferencer(weights=name, device=args.device).fuse, pictures)
        for name in networks
    }
    print(
        "Mean CIEDE2000 between the visible image and the result, by the level of an even infrared image:\n"
    )
    print(even_infrared_table(differences))


if __name__ == "__main__":
    exit_on_user_error(report, parse_args())
