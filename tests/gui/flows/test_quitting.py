from PySide6.QtWidgets import QDialog

from tests.gui.shell import Shell, button, words


def test_g_05_quitting_says_what_stays_and_what_stops(shell: Shell) -> None:
    shell.arrive()
    said: list[str] = []
    quits: list[bool] = []
    shell.window.quit_confirmed.connect(lambda: quits.append(True))

    def stay(sheet: QDialog) -> None:
        said.append(words(sheet))
        assert button(sheet, "Cancel").isDefault()
        button(sheet, "Cancel").click()

    shell.answer(shell.window.close, stay)

    text = said[0]
    assert "Quit while 2 bots are running?" in text
    for order in ("SO2 · buy 0.00059 BTC at 61,960.82", "SO3 · buy 0.00090 BTC at 60,071.14"):
        assert order in text
    assert "TP · sell 0.00070 BTC at 64,807.29" in text
    assert "1 further safety orders" in text
    assert "this deal has no stop loss" in text
    assert quits == []
    assert shell.window.isVisible()


def test_g_05_quit_anyway_keeps_the_layout_and_tells_the_application(shell: Shell) -> None:
    shell.arrive()
    quits: list[bool] = []
    shell.window.quit_confirmed.connect(lambda: quits.append(True))

    shell.answer(shell.window.close, lambda sheet: button(sheet, "Quit anyway").click())

    assert quits == [True]
    assert (shell.folder / "window.json").is_file()


def test_without_running_bots_nothing_is_asked(shell: Shell) -> None:
    shell.engine.supervisor.bot_views = []
    shell.arrive()
    quits: list[bool] = []
    shell.window.quit_confirmed.connect(lambda: quits.append(True))

    shell.do(shell.window.close)

    assert quits == [True]


def test_closing_before_the_engine_is_there_just_quits(shell: Shell) -> None:
    quits: list[bool] = []
    shell.window.quit_confirmed.connect(lambda: quits.append(True))

    shell.do(shell.window.close)

    assert quits == [True]


def test_closing_twice_asks_once(shell: Shell) -> None:
    shell.arrive()

    async def story() -> None:
        shell.window.close()
        shell.window.close()
        await shell.settled()
        sheets = [sheet for sheet in shell.window.findChildren(QDialog) if sheet.isVisible()]
        assert len(sheets) == 1
        button(sheets[0], "Cancel").click()
        await shell.settled()

    shell.run(story())


def test_h_07_without_a_tray_the_window_is_minimised_and_never_hidden(shell: Shell) -> None:
    shell.arrive()
    quits: list[bool] = []
    shell.window.quit_confirmed.connect(lambda: quits.append(True))

    def stay(sheet: QDialog) -> None:
        assert "This desktop shows no tray icons." in words(sheet)
        button(sheet, "Minimise, keep running").click()

    shell.answer(shell.window.close, stay)

    assert shell.window.isVisible() and shell.window.isMinimized()
    assert quits == []
