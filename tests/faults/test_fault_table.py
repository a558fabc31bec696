"""A seeded part of the fault table: whatever goes wrong, nothing is doubled, lost, oversold or left unknown."""

from pathlib import Path

import pytest

from desktop_app.core.order import Order
from desktop_app.exchange.live.exchange import LiveExchange
from desktop_app.exchange.protocol import OrderReport, Refused, Unreachable
from tests.faults.fault_table import ACTS, STEPS, Case, label, live, with_changes
from tests.loopback.faults import Fault, What

ORDER, CANCEL = "POST /api/v3/order", "DELETE /api/v3/order"
SEED = 20261125


async def ends_well(case: Case, folder: Path) -> None:
    outcome = await live(with_changes(case), folder)
    assert outcome.wrong == ()
    assert outcome.injected > 0 or not case.faults, "the fault met nothing"


@pytest.mark.parametrize("venue", ["binance", "kucoin"])
async def test_a_deal_lives_and_ends_on_a_live_account(tmp_path: Path, venue: str) -> None:
    await ends_well(Case("nothing goes wrong", venue, SEED), tmp_path)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(What.ANSWER_LOST, ORDER),
        Fault(What.NEVER_ARRIVES, ORDER, skip=1),
        Fault(What.LATE, ORDER, skip=1, number=3_000),
        Fault(What.TRUNCATED, ORDER, skip=2),
        Fault(What.ACCEPT_THEN_CODE, ORDER, skip=3, number=-1007),
        Fault(What.CODE, ORDER, skip=2, number=-1021),
        Fault(What.ANSWER_LOST, CANCEL),
        Fault(What.ANSWER_LOST, CANCEL, times=3),
        Fault(What.MALFORMED, CANCEL),
        Fault(What.TRUNCATED, "GET /api/v3/myTrades", times=3),
        Fault(What.DROP, "ws private", times=1_000),
        Fault(What.DUPLICATE, "ws private", times=1_000),
        Fault(What.REORDER, "ws private", times=1_000),
        Fault(What.REWRITE, "ws market", skip=4, times=3, text="1000000000000"),
    ],
    ids=lambda fault: f"{label(fault)} x{fault.times} {fault.where}",
)
async def test_what_goes_wrong_once_changes_nothing_in_the_end(tmp_path: Path, fault: Fault) -> None:
    await ends_well(Case(label(fault), "binance", SEED, (fault,)), tmp_path)


@pytest.mark.parametrize("act", ["U1 exit cancelled by hand", "C1 computer sleeps", "P4 orderly restart"])
async def test_what_people_and_computers_do_is_found_out(tmp_path: Path, act: str) -> None:
    assert act in ACTS
    assert "dipped" in STEPS
    await ends_well(Case(act, "binance", SEED, act=act, step="dipped", ends=not act.startswith("U1")), tmp_path)


class Hasty(LiveExchange):
    """Takes silence for a no."""

    async def place(self, order: Order) -> OrderReport:
        try:
            return await super().place(order)
        except Unreachable as error:
            raise Refused(str(error)) from None


class Stubborn(LiveExchange):
    """Sends again what has not been answered."""

    async def place(self, order: Order) -> OrderReport:
        try:
            return await super().place(order)
        except Unreachable:
            return await super().place(order)


class Forgetful(LiveExchange):
    """Does not find what it does not see at once."""

    absent_after_ms = 0

    async def find_order(self, symbol: str, client_id: str) -> OrderReport | None:
        return None


@pytest.mark.parametrize("kind", [Hasty, Stubborn, Forgetful])
async def test_the_table_notices_a_mistake_that_was_made_on_purpose(tmp_path: Path, kind: type[LiveExchange]) -> None:
    faults = (Fault(What.LATE, ORDER, number=4_000), Fault(What.DROP, "ws private", times=10_000))
    case = Case("an order that arrives late, and nobody tells", "binance", SEED, faults, minutes=3)

    assert (await live(case, tmp_path, kind)).wrong != ()
