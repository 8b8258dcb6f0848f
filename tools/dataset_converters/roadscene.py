"""Check a download of RoadScene (github.com/hanna-xu/RoadScene) and write its split: 90 % train.txt, 10 % val.txt."""

from mmfusion_distill.apis.command_line import exit_on_user_error
from mmfusion_distill.apis.convert_dataset import convert_command
from mmfusion_distill.datasets.converters import PairFolders

FOLDERS = (
    PairFolders(
        "crop_LR_visible", "cropinfrared", lists=(("train.txt", 0.9), ("val.txt", 0.1)), expected=221
    ),
)

if __name__ == "__main__":
    exit_on_user_error(convert_command, __doc__, FOLDERS)
