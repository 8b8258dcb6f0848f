# The tiny student, for edge devices: below a hundredth of the published teacher's time (docs/performance.md).
xrestormer_d8_tiny = dict(
    type="XRestormerFusionNet",
    dim=8,
    num_blocks=(0, 0, 0, 1),
    # One block at full resolution: without it the network is linear in all fine detail.
    num_refinement_blocks=1,
    spatial_heads=(0, 0, 0, 4),
    ffn_expansion_factor=2,
    neck=dict(type="ConvFusion"),
)
