"""Conditions on indicators in the window: built as a sentence, tried out over history, shown on charts."""
