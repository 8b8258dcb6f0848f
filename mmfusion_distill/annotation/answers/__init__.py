"""Answers of language models in every form that they take, down to what they say of each event."""
