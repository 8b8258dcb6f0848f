# Distillation of the tiny student from the published teacher.
_base_ = "./distill_xrestormer-d48-d16.py"

model = dict(
    student=dict(
        dim=8,
        num_blocks=(0, 0, 0, 1),
        num_refinement_blocks=1,
        spatial_heads=(0, 0, 0, 4),
        neck=dict(_delete_=True, type="ConvFusion"),
    ),
)
