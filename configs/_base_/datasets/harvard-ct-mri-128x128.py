# CT-MRI pairs of the Whole Brain Atlas; CT is gray and stays so.
_base_ = ["./pairs.py", "./harvard.py"]

load = dict(type="LoadImagePair", channels_a=1)
train_pipeline = [load, *_base_.train_pipeline[1:]]
test_pipeline = [load, dict(type="PackPair")]
train_dataloader = dict(dataset=dict(_base_.harvard["CT"], ann_file="train.txt", pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(_base_.harvard["CT"], ann_file="val.txt", pipeline=test_pipeline))
test_dataloader = dict(dataset=dict(_base_.harvard_test["CT"], pipeline=test_pipeline))
