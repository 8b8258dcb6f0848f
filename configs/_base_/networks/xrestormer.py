# All sizes of the published network.

# The published teacher (40,289,814 parameters with text_channels=512), here for the encoder that needs no download.
xrestormer_d48 = dict(
    type="XRestormerFusionNet",
    dim=48,
    num_blocks=(2, 2, 2, 2),
    num_refinement_blocks=4,
    ffn_expansion_factor=2.66,
    neck=dict(type="SpatialChannelCrossFusion"),
    guidance=dict(type="FeatureWiseAffine", text_channels=384),
)

# The published student (4,371,772 parameters); it needs no text.
xrestormer_d16 = dict(
    type="XRestormerFusionNet",
    dim=16,
    num_blocks=(2, 2, 2, 2),
    num_refinement_blocks=2,
    ffn_expansion_factor=2,
    neck=dict(type="SpatialChannelCrossFusion"),
)

# A teacher and a student for a CPU, of the published kind: one block per level.
xrestormer_d8_compact = dict(
    type="XRestormerFusionNet",
    dim=8,
    num_blocks=(1, 1, 1, 1),
    num_refinement_blocks=1,
    ffn_expansion_factor=2,
)
xrestormer_d16_compact = {
    **xrestormer_d8_compact,
    "dim": 16,
    "guidance": dict(type="FeatureWiseAffine", text_channels=384),
}
