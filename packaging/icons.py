"""Draws the application's icon for each system from its SVG: `python packaging/icons.py FOLDER`."""

import os
import struct
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

DRAWING = Path(__file__).resolve().parents[1] / "resources" / "icons" / "app.svg"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512, 1024)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
# Apple Icon Image format: the type of an entry says its size; all of these hold PNG.
ICNS_TYPES = {16: b"icp4", 32: b"icp5", 64: b"icp6", 128: b"ic07", 256: b"ic08", 512: b"ic09", 1024: b"ic10"}


def main(folder: Path) -> int:
    app = QGuiApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {size: drawn(size) for size in SIZES}
    for size, png in pictures.items():
        (folder / f"strongroom-{size}.png").write_bytes(png)
    (folder / "strongroom.ico").write_bytes(ico({size: pictures[size] for size in ICO_SIZES}))
    (folder / "strongroom.icns").write_bytes(icns(pictures))
    (folder / "strongroom.svg").write_bytes(DRAWING.read_bytes())
    del app
    return 0


def drawn(size: int) -> bytes:
    """The drawing as a PNG of so many pixels each way."""
    picture = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(DRAWING)).render(painter, QRectF(0, 0, size, size))
    painter.end()
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")
    return bytes(kept.data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """A Windows icon that holds PNGs: 6 bytes of header, 16 for each picture, then the pictures."""
    offset = 6 + 16 * len(pictures)
    entries, rest = b"", b""
    for size, png in pictures.items():
        side = size % 256  # 0 means 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(png), offset + len(rest))
        rest += png
    return struct.pack("<HHH", 0, 1, len(pictures)) + entries + rest


def icns(pictures: dict[int, bytes]) -> bytes:
    entries = b"".join(
        kind + struct.pack(">I", len(pictures[size]) + 8) + pictures[size] for size, kind in ICNS_TYPES.items()
    )
    return b"icns" + struct.pack(">I", len(entries) + 8) + entries


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
