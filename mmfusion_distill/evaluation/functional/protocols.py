"""Conventions of evaluators, each one declared table of choices."""

from dataclasses import MISSING, dataclass, fields
from typing import Literal, get_args, get_origin

from ...user_errors import UserError


@dataclass(frozen=True)
class Protocol:
    """An evaluator's choices where definitions differ. Defaults are the cited definitions.

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
        mse_scale: MSE of images in the ``unit`` range [0, 1] or in ``gray_levels``.
        rmse_form: ``root_of_mean`` in [0, 1], or ``root_of_sum`` over the number of pixels.
        psnr_form: From the ``mse``, or from ``rmse_of_sum`` instead of the MSE.
        psnr_peak: Value taken for white in images scaled to [0, 1], or ``fused_maximum``.
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
    channels: Literal["luminance", "each"] = "luminance"
    en_channels: Literal["luminance", "pooled"] = "luminance"
    sf_channels: Literal["luminance", "pooled", "side_by_side"] = "luminance"
    ag_divisor: Literal["interior", "pixels"] = "interior"
    mi_unit: Literal["bits", "nats"] = "bits"
    mse_scale: Literal["unit", "gray_levels"] = "unit"
    rmse_form: Literal["root_of_mean", "root_of_sum"] = "root_of_mean"
    psnr_form: Literal["mse", "rmse_of_sum"] = "mse"
    psnr_peak: float | Literal["fused_maximum"] = 1.0
    cc_total: Literal["mean", "sum"] = "mean"
    vif_padding: Literal["valid", "same"] = "valid"
    ssim_window: Literal["gaussian", "uniform"] = "gaussian"
    ssim_range: float = 255.0
    ssim_total: Literal["sum", "mean"] = "sum"

    def __post_init__(self) -> None:
        for field in fields(self):
            value, choices = getattr(self, field.name), get_args(field.type)
            if get_origin(field.type) is Literal and value not in choices:
                raise UserError(
                    f"Protocol '{self.name}': {field.name} is '{value}'; choose from {', '.join(choices)}"
                )
        if isinstance(self.psnr_peak, str) and self.psnr_peak != "fused_maximum":
            raise UserError(
                f"Protocol '{self.name}': psnr_peak is '{self.psnr_peak}'; give a number or fused_maximum"
            )

    def differences(self) -> dict[str, str | float]:
        """Return the choices that differ from the cited definitions."""
        choices = [field.name for field in fields(self) if field.default is not MISSING]
        return {
            name: getattr(self, name) for name in choices if getattr(self, name) != getattr(Protocol, name)
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
    """Look a protocol up by name; a :class:`Protocol` is returned unchanged.

    Raises:
        UserError: If there is no protocol of that name.
    """
    if isinstance(protocol, Protocol):
        return protocol
    if protocol not in PROTOCOLS:
        raise UserError(f"No protocol '{protocol}'; choose from {', '.join(PROTOCOLS)}")
    return PROTOCOLS[protocol]
