"""The page of `mmfusion serve`, which fuses pairs in the browser. Gradio is imported when the page is built."""
