"""Check a download of M3FD's fusion part (github.com/JinyuanLiu-CV/TarDAL) and name its folders vi and ir.

All of its pairs serve evaluation, so there is no split.
"""

from mmfusion_distill.data.convert_dataset import convert_command
from mmfusion_distill.data.converters import PairFolders
from mmfusion_distill.user_errors import exit_on_user_error

FOLDERS = (PairFolders("vi", "ir", expected=300, texts="m3fd"),)
SPELLINGS = {
    "vi": ("Vis", "vis", "M3FD_Fusion/Vis", "M3FD_Fusion/vi"),
    "ir": ("Ir", "M3FD_Fusion/Ir", "M3FD_Fusion/ir"),
}

if __name__ == "__main__":
    exit_on_user_error(convert_command, __doc__, FOLDERS, spellings=SPELLINGS)
