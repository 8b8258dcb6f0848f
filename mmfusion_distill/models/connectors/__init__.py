"""Connectors between the features of student and teacher."""

from .conv_connector import ConvConnector

__all__ = ["ConvConnector"]
