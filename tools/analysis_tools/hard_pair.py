"""Draw the image of the README: a hard pair, the Laplacian pyramid's fusion of it and a network's, side by side.

python tools/analysis_tools/hard_pair.py

The pair is generated, so it may be published: a street in the dark, with noise in the infrared image. Run it again
when the weights change.
"""

import argparse
from pathlib import Path

from mmfusion_distill.user_errors import exit_on_user_error

SEED = 5
SIZE = (240, 320)
#: Kind and strength, from 0, barely visible, to 1.
DEGRADATIONS = {"low_light": 0.6, "high_noise": 0.05, "ir_noise": 0.25}


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", default="student", help="as for mmfusion fuse (default: student)")
    parser.add_argument("--out", default="docs/images", metavar="DIR", help="default: docs/images")
    return parser.parse_args()


def draw(args: argparse.Namespace) -> None:
    from mmfusion_distill.apis import FusionInferencer
    from mmfusion_distill.data.generated_scenes import generate_degraded_pair
    from mmfusion_distill.evaluation import laplacian_pyramid_fusion, picture_grid
    from mmfusion_distill.images.image_io import write_image

    visible, infrared = generate_degraded_pair(SEED, DEGRADATIONS, *SIZE)
    fused = FusionInferencer(weights=args.weights, device="cpu").fuse(visible, infrared)
    row = [visible, infrared[:, :, 0], laplacian_pyramid_fusion(visible, infrared[:, :, 0]), fused]
    titles = ["visible", "infrared", "pyramid", args.weights]
    pictures = {
        "visible.png": visible,
        "infrared.png": infrared,
        "hard_pair.jpg": picture_grid([row], titles),
    }
    for name, picture in pictures.items():
        write_image(Path(args.out) / name, picture)
        print(f"written: {Path(args.out) / name}")


if __name__ == "__main__":
    exit_on_user_error(draw, parse_args())
