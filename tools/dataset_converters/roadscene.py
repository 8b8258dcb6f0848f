"""Check a download of RoadScene (github.com/hanna-xu/RoadScene) and write its lists.

Every pair has its place: 152 in train.txt, 19 in val.txt, and the 50 that papers report on in test.txt.
"""

from mmfusion_distill.data.convert_dataset import convert_command
from mmfusion_distill.data.converters import PairFolders
from mmfusion_distill.user_errors import exit_on_user_error

FOLDERS = (
    PairFolders("crop_LR_visible", "cropinfrared", split="roadscene", expected=221, texts="roadscene"),
)

if __name__ == "__main__":
    exit_on_user_error(convert_command, __doc__, FOLDERS)
