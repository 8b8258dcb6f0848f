"""Check a download of MSRS (github.com/Linfeng-Tang/MSRS) and write its split: 95 % train.txt, 5 % val.txt."""

from mmfusion_distill.data.convert_dataset import convert_command
from mmfusion_distill.data.converters import PairFolders
from mmfusion_distill.user_errors import exit_on_user_error

FOLDERS = (
    PairFolders("train/vi", "train/ir", lists=(("train.txt", 0.95), ("val.txt", 0.05)), expected=1083),
    PairFolders("test/vi", "test/ir", expected=361),
)

if __name__ == "__main__":
    exit_on_user_error(convert_command, __doc__, FOLDERS)
