"""The composition root: builds everything once and hands it to the face that was called for."""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.cli.opening import Opening
    from desktop_app.cli.session import House
    from desktop_app.config import Paths
    from desktop_app.core.redaction import Scrubber
    from desktop_app.engine.accounts import MakeExchange
    from desktop_app.engine.engine import Engine
    from desktop_app.engine.keys import FetchKey
    from desktop_app.engine.work import Work
    from desktop_app.exchange.gateway.budget import Budgets
    from desktop_app.exchange.protocol import Exchange
    from desktop_app.exchange.sim.config import SimConfig
    from desktop_app.research.trial_run import Outcome
    from desktop_app.store.rows import AccountRow

_SLOWEST = 1.0
_SCOPE = "accounts"  # in the keyring; each key has a name of its own that no other data folder has


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; without a command it opens the window."""
    from desktop_app.cli.main import main as run
    from desktop_app.core.redaction import Scrubber

    scrubber = Scrubber()
    return run(
        sys.argv[1:] if arguments is None else arguments,
        build_engine=partial(build_engine, scrubber=scrubber),
        open_window=open_window,
        paint=paint,
        scrubber=scrubber,
    )


def open_window(house: "House", opening: "Opening") -> int:
    """Show the window of this data folder until it is closed; the exit status."""
    from desktop_app.cli.log_file import logged
    from desktop_app.engine.work import Work
    from desktop_app.gui.session import run_window

    with logged(house.paths, house.scrubber):
        return run_window(
            house.paths,
            lambda: house.build_engine(house.paths, Work.TRADE),
            document=opening.document,
            is_in_background=opening.is_in_background,
        )


def paint(outcome: "Outcome", path: "Path") -> None:
    """A result as a picture file. Raises OSError."""
    from desktop_app.gui.backtest.picture import write_picture

    write_picture(outcome, path)


def build_engine(
    paths: "Paths",
    work: "Work | None" = None,
    *,
    scrubber: "Scrubber | None" = None,
) -> "Engine":
    """An engine over this data folder, not yet started; without `work` it does all of it.

    `scrubber` gets to know each secret that this engine handles.
    """
    from desktop_app.engine.engine import Engine
    from desktop_app.engine.work import Work
    from desktop_app.vault import Vault

    work = work or Work.TRADE
    return Engine(paths, exchange_maker(work), work=work, vault=Vault(_SCOPE, scrubber=scrubber))


def exchange_maker(work: "Work") -> "MakeExchange":
    """Makes the exchange of an account. Raises ValueError, as a sentence, where its settings make none."""
    from desktop_app.engine.views import EMBEDDED
    from desktop_app.engine.work import Work

    budgets: list[Budgets] = []  # of all accounts together; made with the first real one

    def make(row: "AccountRow", paths: "Paths", clock: Callable[[], int], fetch: "FetchKey") -> "Exchange":
        if row.exchange != EMBEDDED:
            return _nobody(row) if work is Work.READ else _make_real(row, paths, clock, fetch, budgets)
        config = _sim_config(row)
        if work is Work.READ:
            return _nobody(row, config.speed)
        if work is not Work.TRADE:
            # The simulated market must not run ahead while nobody watches over the other deals on it.
            config = config.model_copy(update={"speed": _SLOWEST})
        return _make_sim(config, row, paths, clock)

    return make


def _nobody(row: "AccountRow", speed: float | str = 1) -> "Exchange":
    from desktop_app.engine.no_exchange import NoExchange
    from desktop_app.engine.views import EMBEDDED

    is_simulated = row.is_paper or row.exchange == EMBEDDED
    return NoExchange("Strongroom is not running", is_simulated=is_simulated, speed=speed)


def _make_real(
    row: "AccountRow", paths: "Paths", clock: Callable[[], int], fetch: "FetchKey", budgets: "list[Budgets]"
) -> "Exchange":
    """Costs little: the library is loaded when the account connects, on a thread of its own."""
    from desktop_app.engine.account_config import nearest_exchange, read_config
    from desktop_app.exchange.gateway.budget import Budgets
    from desktop_app.exchange.venues.capabilities import capability

    config = read_config(row.config_json)
    known = capability(row.exchange)
    if known is None:
        nearest = nearest_exchange(row.exchange)
        meant = f"; did you mean {nearest}?" if nearest else ""
        raise ValueError(f"there is no exchange {row.exchange[:40]}{meant}")
    if not budgets:
        budgets.append(Budgets())
    if row.is_paper:
        from desktop_app.exchange.paper.exchange import PaperExchange

        return PaperExchange(row.exchange, config, paths.sim / str(row.account_id), clock, budgets=budgets[0])
    if not known.can_trade:
        raise ValueError(f"{known.name} is not opened by a key and its secret; only paper money works there")
    from desktop_app.exchange.live.exchange import LiveExchange

    return LiveExchange(row.exchange, config, fetch, clock, budgets=budgets[0])


def _sim_config(row: "AccountRow") -> "SimConfig":
    from pydantic import ValidationError

    from desktop_app.exchange.sim.config import SimConfig

    try:
        return SimConfig.model_validate_json(row.config_json)
    except ValidationError as error:
        reasons = (
            f"{'.'.join(map(str, one['loc']))} {one['msg'].removeprefix('Value error, ')}" for one in error.errors()
        )
        raise ValueError("; ".join(reason.strip() for reason in reasons)) from None


def _make_sim(config: "SimConfig", row: "AccountRow", paths: "Paths", clock: Callable[[], int]) -> "Exchange":
    folder = paths.sim / str(row.account_id)
    if not config.is_replay:
        from desktop_app.exchange.sim.exchange import SimExchange

        return SimExchange(config, folder, clock)
    return _make_replay(config, paths, folder.name, clock)


def _make_replay(config: "SimConfig", paths: "Paths", name: str, clock: Callable[[], int]) -> "Exchange":
    from pathlib import Path

    from desktop_app.core.columns import TIMEFRAMES
    from desktop_app.exchange.sim.replay import ReplayExchange
    from desktop_app.research.backtest import BacktestRules
    from desktop_app.research.market_file import default_market
    from desktop_app.store.candle_files import read_candle_file

    try:
        file = read_candle_file(Path(config.replay))
    except OSError as error:
        raise ValueError(f"the candle file {config.replay} cannot be read: {error.strerror or error}") from None
    if file.timeframe not in TIMEFRAMES:
        raise ValueError(f"candles of {file.timeframe} cannot be replayed; use one of {', '.join(TIMEFRAMES)}")
    rules = BacktestRules(TIMEFRAMES[file.timeframe], config.fee_percent, config.fee_currency)
    market = rules.applied_to(default_market(config.symbol))
    return ReplayExchange(config, file.candles, market, file.timeframe, paths.sim / name, clock)
