"""Check a download of LLVIP (github.com/bupt-ai-cz/LLVIP) and write its split: 95 % train.txt, 5 % val.txt."""

from mmfusion_distill.data.convert_dataset import convert_command
from mmfusion_distill.data.converters import PairFolders
from mmfusion_distill.user_errors import exit_on_user_error

FOLDERS = (
    PairFolders(
        "visible/train",
        "infrared/train",
        lists=(("train.txt", 0.95), ("val.txt", 0.05)),
        expected=12025,
        texts="llvip",
    ),
    PairFolders("visible/test", "infrared/test", expected=3463),
)

if __name__ == "__main__":
    exit_on_user_error(convert_command, __doc__, FOLDERS)
