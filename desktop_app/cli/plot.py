"""`backtest --plot`: the result as a picture, a drawing or a page, by the ending of the file's name."""

from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli.output import CallProblem, visible
from desktop_app.cli.session import House

if TYPE_CHECKING:
    from desktop_app.core.settings import Settings
    from desktop_app.research.assumptions import Assumptions
    from desktop_app.research.backtest import BacktestResult
    from desktop_app.research.report import Report

_ENDINGS = (".png", ".svg", ".html")


def check_plot(path: Path | None) -> None:
    """Before anything is computed. Raises CallProblem."""
    if path is not None and path.suffix.lower() not in _ENDINGS:
        raise CallProblem(f"--plot {visible(path.name)} must end in .png, .svg or .html. No deal was computed.")
    if path is not None and not path.parent.is_dir():
        raise CallProblem(f"There is no folder {visible(str(path.parent))} for --plot. No deal was computed.")


def write_plot(
    path: Path, house: House, settings: "Settings", result: "BacktestResult", report: "Report", taken: "Assumptions"
) -> None:
    """Raises CallProblem."""
    from desktop_app.config import write_atomically
    from desktop_app.research.drawing import sheet_svg
    from desktop_app.research.export import to_html
    from desktop_app.research.insight import make_insight
    from desktop_app.research.past import Source
    from desktop_app.research.trial_run import Outcome

    source = Source(taken.source, report.pair, report.timeframe)
    insight = make_insight(result, report)
    outcome = Outcome(settings, report, insight, taken, source, result.funds, report.end)
    try:
        match path.suffix.lower():
            case ".svg":
                write_atomically(path, sheet_svg(outcome).encode())
            case ".html":
                write_atomically(path, to_html(outcome).encode())
            case _:
                assert house.paint is not None, "the composition root gives one"
                house.paint(outcome, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CallProblem(
            f"{path} cannot be written ({reason}). Everything was computed; choose another file."
        ) from None
