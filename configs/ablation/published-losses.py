# The student alone, trained with the published terms instead of the margin over the pyramid.
_base_ = [
    "../_base_/compare_runtime.py",
    "../_base_/networks/fusionunet.py",
    "../_base_/datasets/roadscene-96x192_degraded.py",
    "../_base_/schedules/adamw_1xb1-500i_compare.py",
]
model = dict(
    type="ImageFusor",
    generator={{_base_.student}},
    pixel_loss=dict(type="FusionLoss", use_events=False),
)
