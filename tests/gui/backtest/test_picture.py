import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from desktop_app.gui.backtest.picture import png_of, write_picture
from tests.gui.backtest.trials import ready

ROOT = Path(__file__).parents[3]
_CALL = """
from pathlib import Path
from desktop_app.gui.backtest.picture import png_of, with_application
with_application()
print(len(png_of('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><text y="8">a</text></svg>')))
"""


def test_a_result_becomes_a_picture_with_something_on_it(qapp: QApplication, tmp_path: Path) -> None:
    write_picture(ready(), tmp_path / "result.png")

    image = QImage(str(tmp_path / "result.png"))
    assert image.width() == 1800
    colours = {image.pixelColor(x, y).name() for x in range(900, 1000) for y in range(380, 820, 2)}
    assert "#1d5be0" in colours  # the equity
    assert "#ffffff" in colours


def test_a_picture_needs_no_screen_and_no_window() -> None:
    kept = {name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", "DISPLAY")}
    made = subprocess.run(
        [sys.executable, "-c", _CALL], cwd=ROOT, env=kept, capture_output=True, text=True, check=False, timeout=60
    )

    assert int(made.stdout) > 50, made.stderr


def test_drawings_scale(qapp: QApplication) -> None:
    png = png_of('<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="20" height="10"/></svg>')

    assert QImage.fromData(png).width() == 30
