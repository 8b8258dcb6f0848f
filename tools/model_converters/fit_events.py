"""Fit the layer by which a student names the events that it sees, and write its weights with it.

python tools/model_converters/fit_events.py CONFIG WEIGHTS OUT.safetensors

Nothing else of the network changes, so neither do its fused images.
"""

import argparse

from mmfusion_distill.system.number_range import at_least
from mmfusion_distill.user_errors import exit_on_user_error


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", help="config of the student's training, or its name")
    parser.add_argument("weights", help="as for mmfusion fuse")
    parser.add_argument("out", help="target, ending in .safetensors")
    parser.add_argument("--samples", type=at_least(50), default=1500, help="training samples to look at")
    parser.add_argument("--seed", type=at_least(0), default=0)
    args = parser.parse_args()
    exit_on_user_error(fit, args)


def fit(args: argparse.Namespace) -> None:
    import tempfile
    from pathlib import Path

    import torch
    from mmengine.registry import DefaultScope

    from mmfusion_distill.engine.event_read_out import fit_read_out
    from mmfusion_distill.engine.running import load_config
    from mmfusion_distill.export.model_files import publish_network
    from mmfusion_distill.models.weight_files.checkpoints import load_network
    from mmfusion_distill.registry import DATASETS, MODELS
    from mmfusion_distill.zoo.config_files import network_of
    from mmfusion_distill.zoo.model_index import shipped_weights

    config = load_config(args.config)
    network = MODELS.build(network_of(config.model))
    load_network(network, shipped_weights(args.weights))
    with DefaultScope.overwrite_default_scope(config.default_scope):
        dataset = DATASETS.build(config.train_dataloader.dataset)
    done = fit_read_out(network, dataset, args.samples, args.seed)
    print(
        f"binary cross-entropy on samples that were held back: {done.after:.3f}, before {done.before:.3f}, "
        f"of base rates {done.base_rates:.3f}"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fitted.pth"
        torch.save(dict(state_dict=network.state_dict()), path)
        print(f"written: {publish_network(args.config, path, args.out, half=True)}")


if __name__ == "__main__":
    main()
