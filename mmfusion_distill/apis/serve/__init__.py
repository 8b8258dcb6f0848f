"""`mmfusion serve`: a page in the browser that fuses pairs. Gradio is imported when the page is built."""

from .command import main

__all__ = ["main"]
