from decimal import Decimal

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.core.strategies.dca_settings import DcaSettings
from desktop_app.gui.editor.draft import draft_of, read_draft
from desktop_app.gui.optimiser.against import Change, applied
from desktop_app.gui.optimiser.applying import ChangeTable, with_point
from desktop_app.research.space import Point
from tests.gui.editor.building import conditional
from tests.gui.editor.fake_engine import dca_ref
from tests.gui.optimiser.trials import STEP, point

D = Decimal


def test_x07_the_form_reads_as_the_bot_with_the_runs_settings() -> None:
    draft = with_point(draft_of(dca_ref()), point("1.6", "1.3"), dca_ref())

    assert read_draft(draft).settings == applied(dca_ref(), point("1.6", "1.3"))


def test_choices_and_ticks_go_into_their_fields() -> None:
    chosen = Point((("take_profit.basis", "base"), ("stop_loss.trailing", True)))
    draft = with_point(draft_of(dca_ref()), chosen, dca_ref())

    assert (draft.text("take_profit.basis"), draft.text("stop_loss.trailing")) == ("base", "true")


def test_x07_the_changes_are_a_table_that_is_read_aloud(qtbot: QtBot, themed: QApplication) -> None:
    table = ChangeTable((Change("First step", "1.5 %", "1.6 %"), Change("plan", "215.50", "168.99 USDT")))
    qtbot.addWidget(table)

    assert table.accessibleName() == "First step 1.5 % → 1.6 %; plan 215.50 → 168.99 USDT"


def test_x07_the_number_of_a_condition_goes_into_its_block() -> None:
    settings = conditional()
    chosen = Point((("start.any.1.value", D(28)), ("take_profit.on_conditions.any.0.value", D(66)), (STEP, D("1.6"))))
    made, wanted = read_draft(with_point(draft_of(settings), chosen, settings)).settings, applied(settings, chosen)

    assert isinstance(wanted, DcaSettings) and wanted.start.any[1].value == 28  # type: ignore[union-attr]
    assert made is not None and made == read_draft(draft_of(wanted)).settings
