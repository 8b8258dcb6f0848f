# Distillation of the efficient student from the published teacher.
_base_ = "./distill_xrestormer-d48-d16.py"

model = dict(
    student=dict(
        num_blocks=(1, 1, 2, 2),
        num_refinement_blocks=0,
        spatial_heads=(1, 1, 2, 4),
        neck=dict(merge_spatial_heads=1, merge_dim_head=16),
    ),
)
