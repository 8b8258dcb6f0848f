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
