# The student for CT, PET or SPECT with MRI, from the student of all cameras.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/student_fusionunet.py",
    "../_base_/datasets/harvard-224x224_degraded.py",
    "../_base_/schedules/soap_1xb2-1k_low.py",
]
load_from = "mmfusion://student"
default_hooks = dict(checkpoint=dict(interval=250, save_best=["clean/wins", "degraded/balanced_quality"]))
