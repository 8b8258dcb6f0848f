"""Check frames of M3SVD (github.com/Linfeng-Tang/M3SVD) in vi and ir, named CLIP_FRAME, and write their lists.

The frames of our training and validation go to train.txt and val.txt, all others to test.txt.
"""

from mmfusion_distill.data.convert_dataset import convert_command
from mmfusion_distill.data.converters import PairFolders
from mmfusion_distill.user_errors import exit_on_user_error

FOLDERS = (PairFolders("vi", "ir", split="m3svd", texts="m3svd"),)

if __name__ == "__main__":
    exit_on_user_error(convert_command, __doc__, FOLDERS)
