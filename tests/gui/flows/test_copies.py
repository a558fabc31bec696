"""Bots out as files, and bots made from bots, by clicking."""

from decimal import Decimal
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QDialog, QLineEdit, QWidget

from desktop_app.core.bot_file import read_bot_file
from desktop_app.engine.documents import read_document
from desktop_app.engine.problem import problem
from desktop_app.gui.flows.copies import CopyForm, settings_of
from tests.gui.fake_engine import account_view, bot_view
from tests.gui.shell import Shell, button, words

D = Decimal


def _with_second_account(shell: Shell) -> Shell:
    shell.engine.supervisor.views = [*shell.engine.supervisor.views, account_view(name="Second")]
    return shell.arrive()


def form_of(sheet: QDialog) -> CopyForm:
    form = sheet.findChild(CopyForm)
    assert form is not None
    return form


def test_B_15_an_exported_bot_reads_back_equal_and_holds_no_secret(shell: Shell, tmp_path: Path) -> None:
    shell.arrive()
    path = tmp_path / "out.toml"

    async def here(_parent: QWidget, _name: str) -> Path:
        return path

    shell.window.errands.copies.ask_save = here
    shell.run(shell.window.errands.copies.export([1]))

    text = path.read_text(encoding="utf-8")
    view = shell.bridge.known.bots[1]
    assert read_bot_file(text).settings == settings_of(view)
    assert "secret" not in text and "apiKey" not in text


def test_a_bot_is_duplicated_onto_another_account(shell: Shell) -> None:
    _with_second_account(shell)
    name = shell.bridge.known.bots[1].name

    def agree(sheet: QDialog) -> None:
        assert "No deal is copied" in words(sheet)
        form = form_of(sheet)
        form.account.setCurrentIndex(1)
        form.name.setText("Second starter")
        button(sheet, "Duplicate bot").click()

    shell.answer(lambda: shell.window.panels.bots.duplicate_requested.emit(1), agree)

    (call,) = [call for call in shell.calls if call[0] == "add_bot"]
    assert (call[1].name, call[1].account) == ("Second starter", "Second")
    assert name != "Second starter"


def test_a_name_that_is_taken_keeps_the_button_asleep(shell: Shell) -> None:
    shell.arrive()
    seen: list[bool] = []

    def look(sheet: QDialog) -> None:
        form = form_of(sheet)
        for text in ("SHIB dips", " ", "Free"):
            form.name.setText(text)
            seen.append(button(sheet, "Duplicate bot").isEnabled())
        button(sheet, "Cancel").click()

    shell.answer(lambda: shell.window.panels.bots.duplicate_requested.emit(1), look)

    assert seen == [False, False, True]
    assert not [call for call in shell.calls if call[0] == "add_bot"]


def test_a_mirror_is_added_in_percent(shell: Shell) -> None:
    _with_second_account(shell)

    def agree(sheet: QDialog) -> None:
        form = form_of(sheet)
        assert form.findChildren(QComboBox)[0].count() == 1, "never on the account of its source"
        form.scale.set_value("percent")
        form.percent.set_value(D(50))
        form.findChildren(QLineEdit)[0].setText("Half")
        button(sheet, "Add mirror").click()

    shell.answer(lambda: shell.window.panels.bots.mirror_requested.emit(1), agree)

    assert [call for call in shell.calls if call[0] == "mirror_bot"] == [("mirror_bot", 1, "Second", "Half", D(50))]


def test_without_another_account_a_mirror_is_not_offered(shell: Shell) -> None:
    shell.arrive()

    shell.do(lambda: shell.window.panels.bots.mirror_requested.emit(1))

    assert not shell.calls


def test_what_the_engine_refuses_is_said(shell: Shell) -> None:
    _with_second_account(shell)
    shell.engine.supervisor.problem = problem("mirror_of_mirror", bot="BTC starter")

    shell.answer(
        lambda: shell.window.panels.bots.mirror_requested.emit(1), lambda sheet: button(sheet, "Add mirror").click()
    )

    assert "is a mirror itself" in words(shell.window)


def test_a_kind_that_cannot_be_mirrored_says_so(shell: Shell) -> None:
    shell.engine.supervisor.bot_views = [bot_view(kind="signal")]
    _with_second_account(shell)

    shell.do(lambda: shell.window.panels.bots.mirror_requested.emit(1))

    assert not shell.calls


def test_a_bot_as_a_link_reads_back_equal_and_one_that_is_too_long_is_told(shell: Shell) -> None:
    shell.arrive()
    shell.do(lambda: shell.window.selection.pick_bot(1, "Paper wallet", "BTC/USDT"))
    shell.do(shell.window.commands.copy_link.trigger)
    carried = read_document(QGuiApplication.clipboard().text())
    assert carried is not None
    assert read_bot_file(carried.text).settings == settings_of(shell.bridge.known.bots[1])

    many = tuple(f"COIN{number:08}/USDT" for number in range(500))
    long = settings_of(bot_view())
    assert long is not None
    shell.bridge.known.bots[1] = bot_view(settings_json=long.model_copy(update={"pairs": many}).model_dump_json())
    shell.do(shell.window.commands.copy_link.trigger)
    assert shell.window.toasts.texts()[-1] == "BTC starter is too long for a link. Export it as a file."
