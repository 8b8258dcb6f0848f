# The tiny student from the teacher: features, result and prior, where the teacher is better.
_base_ = [
    "../_base_/cameras_runtime.py",
    "../_base_/models/distill_fusionunet-tiny.py",
    "../_base_/datasets/cameras-176x344_degraded.py",
    "../_base_/schedules/soap_1xb2-3k_low.py",
]
load_from = "mmfusion://tiny"
