"""The ready-made strategies, as a page to look through."""
