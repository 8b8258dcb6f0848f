# All sizes of FusionUNet. docs/architecture.md draws the way of a pair through them; docs/performance.md has costs.

# The student: below a tenth of the teacher's parameters and time. Convolutions where images are large, attention
# where they are small, Laplacian bands blended in the head.
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

# The tiny student: its finest maps are a quarter of the image's size, and there is no attention to places.
tiny = dict(
    type="FusionUNet",
    widths=(16, 32, 32),
    blocks=[
        dict(type="GatedConvBlock"),
        dict(type="GatedConvBlock"),
        dict(type="GatedConvBlock", pooled_attention=True),
    ],
    num_blocks=(0, 1, 1),
    decoder_blocks=(1, 1, 1),
    stem=dict(type="PixelUnshuffleStem", factor=4, bias=True),
    neck=dict(type="ConvFusion"),
    prior=dict(type="PicturePrior", hidden=48),
    guidance=dict(type="FeatureWiseAffine", identity_start=True),
    head=dict(type="LaplacianBlendHead", tone_hidden=32, noise_filter=True),
)

# The teacher, guided by text: small enough to be trained to its end on two cores.
teacher = dict(
    type="FusionUNet",
    widths=(72, 88, 104, 112),
    blocks=[
        dict(type="GatedConvBlock", expansion=2.0),
        dict(type="GatedConvBlock", expansion=2.0),
        dict(type="GatedConvBlock", expansion=2.0),
        dict(type="XRestormerBlock", channel_heads=4, spatial_heads=4, window_size=4, ffn_expansion_factor=2),
    ],
    num_blocks=(3, 3, 3, 2),
    stem=dict(type="PixelUnshuffleStem", factor=2, bias=True),
    neck=dict(
        type="SpatialChannelCrossFusion",
        levels=(3, 4),
        exchange_channel_heads=8,
        exchange_spatial_heads=4,
        merge_channel_heads=8,
        merge_spatial_heads=2,
        merge_dim_head=32,
        window_size=4,
    ),
    prior=dict(type="TextPrior", text_channels=384, hidden=448),
    guidance=dict(type="FeatureWiseAffine", identity_start=True),
    head=dict(type="LaplacianBlendHead", noise_filter=True),
)
