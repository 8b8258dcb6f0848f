# The teacher, guided by text, on all cameras.
_base_ = [
    "../_base_/cameras_runtime.py",
    "../_base_/models/teacher_fusionunet.py",
    "../_base_/datasets/cameras-176x344_steered.py",
    "../_base_/schedules/soap_1xb2-3k.py",
]
# Two fifths of the students' rate, as its maps are wider.
optim_wrapper = dict(optimizer=dict(lr=2e-3))
