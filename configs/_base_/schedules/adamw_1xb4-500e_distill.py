# The student's schedule: as the teacher's, with a cosine down to 1e-7.
_base_ = ["./adamw_1xb4-500e.py"]

param_scheduler = [
    dict(
        type="CosineAnnealingLR",
        by_epoch=True,
        T_max=500,
        eta_min=1e-7,
        convert_to_iter_based=True,
    )
]
