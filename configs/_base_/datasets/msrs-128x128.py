# MSRS (Tang et al., 2022): the training set split 95 % / 5 % by its converter, and the official test set.
_base_ = ["./pairs.py"]

data_root = "{{$MMFUSION_DATA_ROOT:data}}/MSRS"
msrs = dict(
    data_root=data_root,
    data_prefix=dict(img_a="train/vi", img_b="train/ir", annotation="train/annotations"),
)
train_dataloader = dict(dataset=dict(msrs, ann_file="train.txt"))
val_dataloader = dict(dataset=dict(msrs, ann_file="val.txt"))
test_dataloader = dict(
    dataset=dict(
        data_root=data_root,
        data_prefix=dict(img_a="test/vi", img_b="test/ir", annotation="test/annotations"),
    )
)
