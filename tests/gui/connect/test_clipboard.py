from PySide6.QtWidgets import QApplication

from desktop_app.gui.connect.clipboard import CLEAR_AFTER_MS, ClipboardGuard


def test_p_03_a_pasted_secret_is_taken_off_the_clipboard(qapp: QApplication) -> None:
    guard, clipboard = ClipboardGuard(), QApplication.clipboard()
    clipboard.setText("CANARY-secret")
    guard.watch("CANARY-secret")

    assert guard._timer.interval() == CLEAR_AFTER_MS == 30_000
    assert guard._timer.isActive()
    guard._timer.timeout.emit()

    assert clipboard.text() == ""
    assert not guard.is_waiting
    assert "CANARY" not in repr(vars(guard))


def test_what_was_copied_since_stays(qapp: QApplication) -> None:
    guard, clipboard = ClipboardGuard(), QApplication.clipboard()
    clipboard.setText("CANARY-secret")
    guard.watch("CANARY-secret")
    clipboard.setText("a shopping list")
    guard.clear_now()

    assert clipboard.text() == "a shopping list"


def test_every_pasted_part_of_a_key_counts(qapp: QApplication) -> None:
    guard, clipboard = ClipboardGuard(), QApplication.clipboard()
    for part in ("the key", "the secret"):
        clipboard.setText(part)
        guard.watch(part)
    clipboard.setText("the key")
    guard.clear_now()

    assert clipboard.text() == ""
