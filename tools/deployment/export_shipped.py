"""Write exported networks, priors of events and hashes in mmfusion_distill/weights again, of its .safetensors."""

import argparse

from mmfusion_distill.export.shipped_files import export_shipped
from mmfusion_distill.user_errors import exit_on_user_error
from mmfusion_distill.zoo.model_index import config_root


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    metafile = config_root() / "configs" / "fusion_distill" / "metafile.yml"
    for path in exit_on_user_error(export_shipped, metafile):
        print(f"written: {path}")
    print("written: SHA256SUMS, and the hashes in metafile.yml")


if __name__ == "__main__":
    main()
