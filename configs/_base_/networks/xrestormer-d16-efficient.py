# The efficient student: below a tenth of the published teacher's parameters and time (docs/performance.md).
xrestormer_d16_efficient = dict(
    type="XRestormerFusionNet",
    dim=16,
    num_blocks=(1, 1, 2, 2),
    num_refinement_blocks=0,
    spatial_heads=(1, 1, 2, 4),
    ffn_expansion_factor=2,
    neck=dict(type="SpatialChannelCrossFusion", merge_spatial_heads=1, merge_dim_head=16),
)
