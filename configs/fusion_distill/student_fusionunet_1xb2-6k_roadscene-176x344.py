# The student on RoadScene, half of the samples degraded, trained by itself on a CPU.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/student_fusionunet.py",
    "../_base_/datasets/roadscene-176x344_degraded.py",
    "../_base_/schedules/adamw_1xb2-6k.py",
]
