# The student of more width whose weights come with the package, until those of the faster one do.
_base_ = [
    "../_base_/degraded_runtime.py",
    "../_base_/models/student_fusionunet.py",
    "../_base_/datasets/roadscene-176x344_degraded.py",
    "../_base_/schedules/adamw_1xb2-3k_low.py",
]

model = dict(generator=dict(widths=(24, 32, 40, 48), num_blocks=(1, 1, 1, 1), decoder_blocks=None))
load_from = "work_dirs/student_fusionunet-w24_1xb2-6k_roadscene-176x344/iter_6000.pth"
