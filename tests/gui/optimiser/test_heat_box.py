from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.gui.optimiser.heat_box import HeatBox
from desktop_app.gui.optimiser.variables import variables_of
from desktop_app.research.heat_map import grid_of
from tests.gui.editor.fake_engine import dca_ref
from tests.gui.optimiser.trials import SCALE, SEARCH, SOME, STEP, found

VARIED = [variable for variable in variables_of(dca_ref()) if variable.path in (STEP, SCALE)]


def make(qtbot: QtBot) -> HeatBox:
    box = HeatBox()
    qtbot.addWidget(box)
    box.resize(500, 400)
    box.show()
    return box


def test_x08_the_axes_are_named_and_one_setting_is_never_both(qtbot: QtBot, themed: QApplication) -> None:
    box = make(qtbot)
    box.set_variables(VARIED)
    asked: list[tuple[str, str | None]] = []
    box.axes_changed.connect(lambda: asked.append((box.axis_across, box.axis_down)))
    assert (box.axis_across, box.axis_down) == (SCALE, STEP)
    box.show_field(grid_of(found(*SOME), SCALE, STEP), SEARCH.objective)
    assert box.map.cells.spoken(1, 2) == "Volume scale 1.2, First step 1.6: score 0.98, the best"
    box.down.setCurrentIndex(1)

    assert asked == [(STEP, SCALE)]


def test_one_setting_has_one_axis(qtbot: QtBot, themed: QApplication) -> None:
    box = make(qtbot)
    box.set_variables(VARIED[:1])

    assert box.axis_across == STEP and box.axis_down is None and not box.down.isVisible()


def test_with_more_settings_it_says_what_a_cell_is(qtbot: QtBot, themed: QApplication) -> None:
    box = make(qtbot)
    more = [*VARIED, next(one for one in variables_of(dca_ref()) if one.path == "take_profit.percent")]
    box.set_variables(more)
    box.show_field(grid_of(found(*SOME), SCALE, STEP), SEARCH.objective)
    assert box._note.isVisible()
    box.show_nothing("nothing yet")

    assert not box.map.isVisible()
