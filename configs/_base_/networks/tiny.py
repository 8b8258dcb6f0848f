# The tiny student: its finest maps are a quarter of the image's size, and there is no attention to places
# (docs/performance.md says what that costs).
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
