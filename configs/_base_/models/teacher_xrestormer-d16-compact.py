# A small teacher for a CPU: one block per level.
model = dict(
    type="ImageFusor",
    generator=dict(
        type="XRestormerFusionNet",
        dim=16,
        num_blocks=(1, 1, 1, 1),
        num_refinement_blocks=1,
        ffn_expansion_factor=2,
        guidance=dict(type="FeatureWiseAffine", text_channels=384),
    ),
    pixel_loss=dict(type="FusionLoss"),
    text_encoder=dict(type="SentenceTextEncoder"),
)
