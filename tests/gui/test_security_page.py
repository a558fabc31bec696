from pathlib import Path

from PySide6.QtWidgets import QPushButton, QWidget

from desktop_app.core.said import said
from desktop_app.engine.news import AccountNews, ForeignNews
from desktop_app.engine.views import KeyringView
from desktop_app.gui.security_page import SecurityPage, _folder_fact
from tests.gui.fake_engine import LIVE, NOW, D, live_view
from tests.gui.shell import Shell, words

SAID = said("foreign_order", account=LIVE, side="buy", amount=D(41_200), pair="XYZ/USDT")


def opened(shell: Shell) -> SecurityPage:
    shell.engine.supervisor.views.append(live_view(may_trade=True, reasons=(said("key_not_bound"),), verdict="warning"))
    shell.arrive()
    shell.do(shell.window.commands.security.trigger)
    page = shell.window.documents.currentWidget()
    assert isinstance(page, SecurityPage)
    return page


def test_the_keyring_is_shown_and_tested_on_demand(shell: Shell) -> None:
    shell.engine.supervisor.keyring_view = KeyringView("locked", "Secret Service")
    page = opened(shell)
    before = page.keyring_line.facts[0]
    shell.do(page.test.click)
    after = page.keyring_line.facts[0]

    assert ("test_keyring",) in shell.calls
    assert (before.mark, after.mark) == ("warning", "yes")
    assert "Last test" in after.note


def test_checks_tell_clock_rights_and_folder(shell: Shell) -> None:
    page = opened(shell)
    shown = {fact.text: fact.mark for fact in page.checks.facts}
    assert shown["Binance main · Clock difference 0.2 s"] == "yes"
    assert shown["Binance main · rights of the key"] == "warning"


def test_p_05_foreign_activity_is_listed_and_explained_from_here(shell: Shell) -> None:
    page = opened(shell)
    shell.engine.bus.publish(ForeignNews(LIVE, NOW, SAID, is_frozen=True))
    shell.engine.bus.publish(AccountNews(live_view(may_trade=True, frozen=SAID)))
    shell.hear()

    assert page.model.total == 1
    assert page.mine.isEnabled()
    shell.answer(page.mine.click, lambda sheet: sheet.accept() if "done by you" in words(sheet) else None)
    shell.engine.bus.publish(AccountNews(live_view(may_trade=True)))
    shell.hear()
    assert not page.mine.isEnabled()
    assert page.model.shown_rows()[0].is_open is False


def test_there_is_one_centre_and_it_can_be_closed_and_opened_again(shell: Shell) -> None:
    page = opened(shell)
    shell.do(shell.window.open_security)
    pages = [shell.window.documents.widget(at) for at in range(shell.window.documents.count())]
    assert sum(isinstance(one, SecurityPage) for one in pages) == 1
    shell.do(lambda: shell.window.close_document(page))
    shell.do(lambda: shell.window.status.panel_requested.emit("document.security"))
    assert isinstance(shell.window.documents.currentWidget(), SecurityPage)


def test_panic_is_one_click_away(shell: Shell) -> None:
    page = opened(shell)
    shell.do(page.panic.click)
    assert shell.sheet().objectName() == "dialog.panic"
    shell.do(shell.sheet().reject)


def test_a_01_every_button_has_words(shell: Shell) -> None:
    page: QWidget = opened(shell)
    assert all(b.text() or b.accessibleName() for b in page.findChildren(QPushButton) if not b.isHidden())


def test_a_folder_that_others_can_read_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert _folder_fact(tmp_path).mark == "yes"
    tmp_path.chmod(0o755)
    assert _folder_fact(tmp_path).mark == "warning"
    tmp_path.chmod(0o700)
    assert _folder_fact(tmp_path / "none").mark == "unknown"
