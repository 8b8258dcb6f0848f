"""Kinds of image pairs."""

from ..user_errors import UserError

MODALITIES = ("infrared-visible", "medical")


def check_modality(modality: str, whose: str = "") -> None:
    """Check that a kind of pairs is one of :data:`MODALITIES`.

    Args:
        modality (str): The kind.
        whose (str): Who takes it, for the message. Default: ''.

    Raises:
        UserError: If it is none.
    """
    if modality not in MODALITIES:
        owner = f"{whose}: " if whose else ""
        raise UserError(f"{owner}modality '{modality}' is none of {', '.join(MODALITIES)}")
