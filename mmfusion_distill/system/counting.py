"""Numbers with their nouns."""

import re


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """A number and what is counted, e.g. '1 image', '1,200 images'.

    Args:
        number (int): How many.
        noun (str): Of one.
        plural (str, optional): Of others. Default: None, with an s.
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def numbered(sentence: str, number: int) -> str:
    """A sentence about so many, e.g. '[image has|images have] 16 bits' about one: 'image has 16 bits'."""
    return re.sub(r"\[([^][|]*)\|([^][|]*)\]", r"\1" if number == 1 else r"\2", sentence)
