# The student of more width whose weights come with the package, until those of the faster one do.
_base_ = ["./student_fusionunet_1xb2-3k-second_roadscene-176x344.py"]

model = dict(generator=dict(widths=(24, 32, 40, 48), num_blocks=(1, 1, 1, 1), decoder_blocks=None))
load_from = "work_dirs/student_fusionunet-w24_1xb2-6k_roadscene-176x344/iter_6000.pth"
