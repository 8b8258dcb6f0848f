# The published student (4,371,772 parameters); it needs no text.
xrestormer_d16 = dict(
    type="XRestormerFusionNet",
    dim=16,
    num_blocks=(2, 2, 2, 2),
    num_refinement_blocks=2,
    ffn_expansion_factor=2,
    neck=dict(type="SpatialChannelCrossFusion"),
)
