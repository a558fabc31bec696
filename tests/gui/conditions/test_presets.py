"""What people know from 3Commas is a condition here."""

from desktop_app.gui.conditions.presets import PRESETS
from desktop_app.gui.conditions.reading import read_clause


def test_every_preset_is_a_condition_that_can_be_judged() -> None:
    for preset in PRESETS:
        assert read_clause(preset.clause()) == (), preset.key
