"""Source B brought to the view of source A: by what both show, or by a calibration. Light: no PyTorch."""
