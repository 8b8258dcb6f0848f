# A small student for a CPU: one block per level.
model = dict(
    type="ImageFusor",
    generator=dict(
        type="XRestormerFusionNet",
        dim=8,
        num_blocks=(1, 1, 1, 1),
        num_refinement_blocks=1,
        ffn_expansion_factor=2,
    ),
    pixel_loss=dict(type="FusionLoss", use_events=False),
)
