"""Luminance (ITU-R BT.601, full range), as `cv2.cvtColor` has it."""

#: Weights of red, green and blue.
LUMINANCE_WEIGHTS = (0.299, 0.587, 0.114)
