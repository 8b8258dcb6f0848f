# M3FD (Liu et al., 2022), for evaluation: 300 pairs in folders vi and ir.
_base_ = ["./pairs.py"]

data_root = "{{$MMFUSION_DATA_ROOT:data}}/M3FD"
val_dataloader = dict(
    dataset=dict(
        data_root=data_root,
        data_prefix=dict(img_a="vi", img_b="ir", annotation="annotations"),
        annotator="statistics",
    )
)
test_dataloader = val_dataloader
# nothing to train here
train_dataloader = None
