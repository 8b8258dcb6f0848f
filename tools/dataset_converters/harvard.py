"""Check the CT-MRI, PET-MRI and SPECT-MRI pairs of Harvard's Whole Brain Atlas and write their splits.

Laid out as in github.com/xianming-gu/Havard-Medical-Image-Fusion-Datasets: PET-MRI/train/PET, PET-MRI/train/MRI and
so on. Each kind gets its own train.txt (92 %) and val.txt (8 %).
"""

from mmfusion_distill.data.convert_dataset import convert_command
from mmfusion_distill.data.converters import PairFolders
from mmfusion_distill.user_errors import exit_on_user_error

FOLDERS = (PairFolders("train/{part}", "train/MRI", lists=(("train.txt", 0.92), ("val.txt", 0.08))),)
PARTS = ("CT-MRI", "PET-MRI", "SPECT-MRI")

if __name__ == "__main__":
    exit_on_user_error(convert_command, __doc__, FOLDERS, modality="medical", parts=PARTS)
