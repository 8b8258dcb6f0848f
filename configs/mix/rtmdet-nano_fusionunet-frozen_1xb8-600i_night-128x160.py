# A detector of mmdet behind the student, which stays unchanged.
_base_ = [
    "../_base_/mix_runtime.py",
    "../_base_/models/rtmdet-nano.py",
    "../_base_/datasets/night-128x160_detection.py",
]
default_scope = "mmdet"
model = dict(
    data_preprocessor=dict(
        _delete_=True,
        type="mmfusion.FusionDataPreprocessor",
        network=dict(type="get_model", name="student"),
        wrapped={{_base_.model.data_preprocessor}},
    )
)
