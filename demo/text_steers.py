"""One noisy pair, fused by the teacher after several texts and by the student, which reads none, side by side.

python demo/text_steers.py text_steers.png

The pair is a generated street in the dark, unless two images are given.
"""

import argparse

from mmfusion_distill.user_errors import exit_on_user_error

SEED = 3
SIZE = (240, 320)
#: Kind and strength, from 0, barely visible, to 1.
DEGRADATIONS = {"low_light": 0.5, "ir_noise": 0.4}
TEXTS = {
    "no text": None,
    "noise named": "ir_noise: grain over the whole infrared image",
    "both named": "low_light: the street is dark; ir_noise: grain over the whole infrared image",
    "a wrong text": "over_exposure: the sky is blown out",
}


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", help="image to write")
    parser.add_argument("--visible", help="source A of a pair of your own")
    parser.add_argument("--infrared", help="source B of it")
    args = parser.parse_args()
    if (args.visible is None) != (args.infrared is None):
        parser.error("--visible and --infrared belong together: give both or none")
    return args


def draw(args: argparse.Namespace) -> None:
    from mmfusion_distill.apis import FusionInferencer
    from mmfusion_distill.data.generated_scenes import generate_degraded_pair
    from mmfusion_distill.evaluation import picture_grid
    from mmfusion_distill.images.image_io import read_image_pair, write_image
    from mmfusion_distill.images.pixels import to_uint8

    if args.visible is None:
        sources = generate_degraded_pair(SEED, DEGRADATIONS, *SIZE)
    else:
        sources = tuple(map(to_uint8, read_image_pair(args.visible, args.infrared)))
    teacher, student = (FusionInferencer(weights=name, device="cpu") for name in ("teacher", "student"))
    fused = {f"teacher, {name}": teacher.fuse(*sources, text=text) for name, text in TEXTS.items()}
    fused["student"] = student.fuse(*sources)
    row = [*sources, *fused.values()]
    write_image(args.out, picture_grid([row], ["visible", "infrared", *fused]))
    print(f"written: {args.out}")


if __name__ == "__main__":
    exit_on_user_error(draw, parse_args())
