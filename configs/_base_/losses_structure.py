# The alternative to losses.py: gradients with their sign, brightness of A with what is hot in B, contrast, structure
# of the better source. The weights give each about the same pull on the pyramid of crops of RoadScene.
fusion_loss = dict(
    type="LossSet",
    losses=dict(
        gradient=dict(type="SignedGradientLoss", loss_weight=1.0),
        intensity=dict(type="BaseIntensityLoss", loss_weight=3.0),
        contrast=dict(type="LocalContrastLoss", loss_weight=4.0),
        ssim=dict(type="BestStructureSSIMLoss", loss_weight=1.0),
    ),
)
