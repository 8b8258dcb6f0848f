"""Conventions of evaluators, each one declared table of choices."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from ...user_errors import UserError

_CHOICES = {
    "channels": ("luminance", "each"),
    "en_channels": ("luminance", "pooled"),
    "sf_channels": ("luminance", "pooled", "side_by_side"),
    "ag_divisor": ("interior", "pixels"),
    "mi_unit": ("bits", "nats"),
    "rmse_form": ("root_of_mean", "root_of_sum"),
    "mse_scale": ("unit", "gray_levels"),
    "psnr_form": ("mse", "rmse_of_sum"),
    "cc_total": ("mean", "sum"),
    "vif_padding": ("valid", "same"),
    "ssim_window": ("gaussian", "uniform"),
    "ssim_total": ("sum", "mean"),
}


@dataclass(frozen=True)
class Protocol:
    """What an evaluator decided where definitions differ. Defaults are the cited definitions.

    Args:
        name: Name in results files.
        description: Whose numbers it makes comparable.
        channels: ``luminance``; or ``each``: a colour result is scored channel by channel
            against the same channel of A and gray B, and the scores are averaged.
        en_channels: EN of the ``luminance`` or of the ``pooled`` histogram of all channels.
        sf_channels: SF of the ``luminance``, of ``pooled`` channel differences, or of channels
            laid ``side_by_side``.
        ag_divisor: ``interior`` (H-1)(W-1) or ``pixels`` HW.
        mi_unit: ``bits`` or ``nats``.
        mse_scale: MSE of pictures in the ``unit`` range [0, 1] or in ``gray_levels``.
        rmse_form: ``root_of_mean`` in [0, 1], or ``root_of_sum`` over the number of pixels.
        psnr_form: From the ``mse``, or from ``rmse_of_sum`` in the place of the MSE.
        psnr_peak: Value taken for white in pictures scaled to [0, 1], or ``fused_maximum``.
        cc_total: CC of the two sources as ``mean`` or ``sum``.
        vif_padding: ``valid`` windows or zero-padded ``same`` ones.
        ssim_window: ``gaussian`` 11x11 or ``uniform`` 7x7.
        ssim_range: L of SSIM's constants, for gray levels in [0, 255].
        ssim_total: SSIM and MS-SSIM of the two sources as ``sum`` or ``mean``.

    Raises:
        UserError: If a choice does not exist.
    """

    name: str
    description: str
    channels: str = "luminance"
    en_channels: str = "luminance"
    sf_channels: str = "luminance"
    ag_divisor: str = "interior"
    mi_unit: str = "bits"
    mse_scale: str = "unit"
    rmse_form: str = "root_of_mean"
    psnr_form: str = "mse"
    psnr_peak: float | str = 1.0
    cc_total: str = "mean"
    vif_padding: str = "valid"
    ssim_window: str = "gaussian"
    ssim_range: float = 255.0
    ssim_total: str = "sum"

    def __post_init__(self) -> None:
        for field, choices in _CHOICES.items():
            if getattr(self, field) not in choices:
                raise UserError(
                    f"Protocol '{self.name}': {field} is '{getattr(self, field)}'; choose from "
                    f"{', '.join(choices)}."
                )

        if isinstance(self.psnr_peak, str) and self.psnr_peak != "fused_maximum":
            raise UserError(
                f"Protocol '{self.name}': psnr_peak is '{self.psnr_peak}'; give a number or fused_maximum."
            )

    def differences(self) -> dict[str, str | float]:
        """Return the choices that differ from the cited definitions."""
        own = asdict(self)
        defaults = {field.name: field.default for field in fields(self)}
        return {
            name: value
            for name, value in own.items()
            if name not in ("name", "description") and value != defaults[name]
        }


PROTOCOLS = {
    protocol.name: protocol
    for protocol in (
        Protocol("standard", "The cited definitions, on luminance."),
        Protocol(
            "tang",
            "MATLAB and NumPy evaluator of L. Tang's Image-Fusion collection.",
            psnr_peak=255.0,
        ),
        Protocol(
            "tang-torch",
            "PyTorch translations of the same, with zero-padded VIF windows.",
            psnr_peak=255.0,
            vif_padding="same",
        ),
        Protocol(
            "cddfuse",
            "NumPy evaluator of CDDFuse and the networks that took it over.",
            ag_divisor="pixels",
            mi_unit="nats",
            mse_scale="gray_levels",
            psnr_peak="fused_maximum",
            ssim_window="uniform",
            ssim_range=2.0,
        ),
        Protocol(
            "vifb",
            "MATLAB evaluator of the VIFB benchmark (Zhang et al., CVPR Workshops 2020).",
            channels="each",
            sf_channels="side_by_side",
            mi_unit="nats",
            rmse_form="root_of_sum",
            psnr_form="rmse_of_sum",
            psnr_peak=255.0,
        ),
    )
}


def get_protocol(protocol: str | Protocol) -> Protocol:
    """Look a protocol up by name; a :class:`Protocol` is returned as it is.

    Raises:
        UserError: If there is no protocol of that name.
    """
    if isinstance(protocol, Protocol):
        return protocol
    if protocol not in PROTOCOLS:
        raise UserError(f"No protocol '{protocol}'; choose from {', '.join(PROTOCOLS)}.")
    return PROTOCOLS[protocol]
