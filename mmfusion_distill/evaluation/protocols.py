"""Conventions of evaluators, each one declared table of choices."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PROTOCOLS", "Protocol", "get_protocol"]


@dataclass(frozen=True)
class Protocol:
    """What an evaluator decided where definitions differ. Defaults are the cited definitions.

    Args:
        name: Name in results files.
        description: Whose numbers it makes comparable.
        color_channels: EN and SF pool the channels of a colour picture instead of taking its
            luminance.
        ag_divisor: ``interior`` (H-1)(W-1) or ``pixels`` HW.
        mi_unit: ``bits`` or ``nats``.
        cc_total: CC of the two sources as ``mean`` or ``sum``.
        vif_padding: ``valid`` windows or zero-padded ``same`` ones.
        ssim_window: ``gaussian`` 11x11 or ``uniform`` 7x7.
        ssim_total: SSIM of the two sources as ``sum`` or ``mean``.
    """

    name: str
    description: str
    color_channels: bool = False
    ag_divisor: str = "interior"
    mi_unit: str = "bits"
    cc_total: str = "mean"
    vif_padding: str = "valid"
    ssim_window: str = "gaussian"
    ssim_total: str = "sum"


PROTOCOLS = {
    protocol.name: protocol for protocol in (Protocol("standard", "The cited definitions, on luminance."),)
}


def get_protocol(protocol: str | Protocol) -> Protocol:
    """Look a protocol up by name; a :class:`Protocol` is returned as it is.

    Raises:
        ValueError: If there is no protocol of that name.
    """
    if isinstance(protocol, Protocol):
        return protocol
    if protocol not in PROTOCOLS:
        raise ValueError(f"No protocol '{protocol}'; choose from {', '.join(PROTOCOLS)}.")
    return PROTOCOLS[protocol]
