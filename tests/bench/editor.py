"""How long the DCA editor takes from a keystroke to its table and lines, with two hundred safety orders."""

import os
import statistics
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from desktop_app.gui.editor.dca_editor import TYPING_MS, DcaEditor
from desktop_app.gui.editor.draft import draft_of
from desktop_app.gui.theme import apply_theme, make_theme
from tests.gui.editor.fake_engine import FakeEngine, dca_ref

ROUNDS = 60


def main() -> None:
    app = QApplication([])
    apply_theme(app, make_theme("dark"))
    started = time.perf_counter()
    editor = DcaEditor(FakeEngine(free="1000000").link(), draft_of(dca_ref()))
    editor.resize(1000, 620)
    editor.show()
    app.processEvents()
    print(f"open: {(time.perf_counter() - started) * 1000:.0f} ms")
    ladder = {"max_count": "200", "price_deviation": "0.2", "step_scale": "1", "volume_scale": "1"}
    draft = editor.draft
    for name, text in ladder.items():
        draft = draft.with_text(f"safety_orders.{name}", text)
    editor.set_draft(draft)
    app.processEvents()
    took: list[float] = []
    for number in range(ROUNDS):
        field = editor.form.rows["take_profit.percent"].field
        started = time.perf_counter()
        field.setText(f"{1 + number / 100:.2f}")  # type: ignore[attr-defined]
        editor.settle()
        app.processEvents()
        took.append((time.perf_counter() - started) * 1000)
    took.sort()
    median, p95 = statistics.median(took), took[int(len(took) * 0.95)]
    print(f"keystroke to picture: median {median:.0f} ms, p95 {p95:.0f} ms, plus {TYPING_MS} ms of waiting")


if __name__ == "__main__":
    main()
