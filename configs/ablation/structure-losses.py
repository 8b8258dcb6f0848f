# The student alone, trained with the losses of losses_structure.py in place of the margin over the pyramid.
_base_ = [
    "../_base_/compare_runtime.py",
    "../_base_/networks/student.py",
    "../_base_/losses_structure.py",
    "../_base_/datasets/roadscene-96x192_degraded.py",
    "../_base_/schedules/adamw_1xb1-3k_compare.py",
]
model = dict(type="ImageFusor", generator={{_base_.student}}, pixel_loss={{_base_.fusion_loss}})
