"""Networks written into files: ONNX, OpenVINO, TorchScript, and one file of weights and config."""
