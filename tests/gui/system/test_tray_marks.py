from typing import get_args

from PySide6.QtWidgets import QApplication

from desktop_app.gui.system.tray_marks import State, tray_icon


def test_the_states_differ_by_their_shape_at_every_size(qapp: QApplication) -> None:
    for size in (16, 22, 32, 64):
        shapes = set()
        for state in get_args(State):
            picture = tray_icon(state).pixmap(size, size).toImage()
            assert (picture.width(), picture.height()) == (size, size)
            # Without any colour: whoever sees none still sees which it is.
            shapes.add(bytes(picture.convertToFormat(picture.Format.Format_Grayscale8).constBits()))
        assert len(shapes) == 4
