# The tiny student trained by itself on a CPU, without teacher and text.
_base_ = [
    "../_base_/default_runtime.py",
    "../_base_/models/student_xrestormer-d8-tiny.py",
    "../_base_/datasets/roadscene-128x128.py",
    "../_base_/schedules/adamw_1xb4-2k.py",
]

# Crops of 128 pixels: those of 64 are a single window at its deepest level.
train_dataloader = dict(
    batch_size=2,
    sampler=dict(type="SeededInfiniteSampler", shuffle=True),
    # no text, no annotations
    dataset=dict(annotator=None),
)
val_dataloader = dict(dataset=dict(annotator=None))
test_dataloader = dict(dataset=dict(annotator=None))
