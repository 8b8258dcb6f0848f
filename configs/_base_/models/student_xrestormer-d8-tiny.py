# The tiny student, for edge devices: below a hundredth of the published teacher's time (docs/performance.md).
model = dict(
    type="ImageFusor",
    generator=dict(
        type="XRestormerFusionNet",
        dim=8,
        num_blocks=(0, 0, 0, 1),
        num_refinement_blocks=0,
        ffn_expansion_factor=2,
        neck=dict(type="ConvFusion"),
    ),
    pixel_loss=dict(type="FusionLoss", use_events=False),
)
