# PET-MRI pairs of the Whole Brain Atlas.
_base_ = ["./pairs.py", "./harvard.py"]

train_dataloader = dict(dataset=dict(_base_.harvard["PET"], ann_file="train.txt"))
val_dataloader = dict(dataset=dict(_base_.harvard["PET"], ann_file="val.txt"))
test_dataloader = dict(dataset=_base_.harvard_test["PET"])
