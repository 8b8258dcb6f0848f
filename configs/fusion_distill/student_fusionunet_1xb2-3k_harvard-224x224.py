# The student on CT, PET and SPECT with MRI, half of the samples degraded: the shipped `medical`.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/student_fusionunet.py",
    "../_base_/datasets/harvard-224x224_degraded.py",
    "../_base_/schedules/adamw_1xb2-3k.py",
]
