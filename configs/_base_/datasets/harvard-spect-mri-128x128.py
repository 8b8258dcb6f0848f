# SPECT-MRI pairs of the Whole Brain Atlas (AANLIB), 256x256.
_base_ = ["./roadscene-128x128.py"]

data_root = "{{$MMFUSION_DATA_ROOT:data}}/Harvard/SPECT-MRI"
medical = dict(
    data_root=data_root,
    data_prefix=dict(img_a="train/SPECT", img_b="train/MRI", annotation="train/annotations"),
    modality="medical",
)
train_dataloader = dict(dataset=medical)
val_dataloader = dict(dataset=medical)
# the official test pairs, all of them
official = dict(
    data_prefix=dict(img_a="test/SPECT", img_b="test/MRI", annotation="test/annotations"),
    ann_file="",
)
test_dataloader = dict(dataset={**medical, **official})
