"""Write weights and config of a network into one file that `tools/fuse.py` needs nothing else for."""

import argparse

from mmfusion_distill.apis.command_line import exit_on_user_error
from mmfusion_distill.apis.model_files import publish_network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "config", help="config of the network or of its distillation (whose student is taken)"
    )
    parser.add_argument("checkpoint", help="checkpoint, or the work folder of a run")
    parser.add_argument("out", help="target, ending in .safetensors")
    parser.add_argument("--half", action="store_true", help="store half precision, half the size")
    args = parser.parse_args()
    path = exit_on_user_error(publish_network, args.config, args.checkpoint, args.out, args.half)
    print(f"written: {path}")


if __name__ == "__main__":
    main()
