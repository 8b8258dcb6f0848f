# The student by itself, on all cameras.
_base_ = [
    "../_base_/cameras_runtime.py",
    "../_base_/models/student_fusionunet.py",
    "../_base_/datasets/cameras-176x344_degraded.py",
    "../_base_/schedules/soap_1xb2-3k.py",
]
