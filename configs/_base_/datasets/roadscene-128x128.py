# RoadScene (Xu et al., 2020): 152 training, 19 validation and 50 test pairs, whose lists
# tools/dataset_converters/roadscene.py writes; visible in colour, infrared in gray.
# Checkpoints are chosen on the validation pairs and reported on the test pairs.
_base_ = ["./pairs.py"]

data_root = "{{$MMFUSION_DATA_ROOT:data}}/RoadScene"
roadscene = dict(
    type="PairedFusionDataset",
    data_root=data_root,
    data_prefix=dict(img_a="crop_LR_visible", img_b="cropinfrared", annotation="annotations"),
    annotator="statistics",
)
train_dataloader = dict(dataset=dict(roadscene, ann_file="train.txt"))
val_dataloader = dict(dataset=dict(roadscene, ann_file="val.txt"))
test_dataloader = dict(dataset=dict(roadscene, ann_file="test.txt"))
