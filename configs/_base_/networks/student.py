# The student: below a tenth of the teacher's parameters and time. Convolutions where images are large, attention
# where they are small, Laplacian bands blended in the head (docs/performance.md has its cost).
student = dict(
    type="FusionUNet",
    widths=(16, 32, 40, 48),
    blocks=[
        dict(type="GatedConvBlock"),
        dict(type="GatedConvBlock"),
        dict(type="GatedConvBlock"),
        dict(type="XRestormerBlock", channel_heads=4, spatial_heads=2, window_size=4, ffn_expansion_factor=2),
    ],
    num_blocks=(0, 1, 1, 1),
    decoder_blocks=(1, 1, 1, 1),
    stem=dict(type="PixelUnshuffleStem", factor=2, bias=True),
    neck=dict(
        type="SpatialChannelCrossFusion",
        levels=(3, 4),
        exchange_channel_heads=4,
        exchange_spatial_heads=1,
        merge_channel_heads=4,
        merge_spatial_heads=1,
        merge_dim_head=16,
        window_size=4,
    ),
    prior=dict(type="PicturePrior", hidden=48),
    guidance=dict(type="FeatureWiseAffine", identity_start=True),
    head=dict(type="LaplacianBlendHead", tone_hidden=32, noise_filter=True),
)
