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
