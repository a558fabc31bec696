"""How a deal ends: core/strategies/dca_close, signed (see layout)."""

from desktop_app.research.kernel.formulas import (
    Run,
    add_to,
    cash,
    held,
)
from desktop_app.research.kernel.jit import inner
from desktop_app.research.kernel.layout import (
    BAR_END,
    CLOSED_BY_USER,
    COMPLETED,
    COOLDOWN,
    DEAL,
    DEAL_CLOSED,
    DEAL_OPENED,
    DEAL_SAFETY,
    DEAL_STATUS,
    DEALS,
    DEALS_CLOSED,
    DEALS_TAKEN,
    DOES_STOP_END,
    DUST,
    ENDING,
    ENTERED,
    EXITED,
    FINAL,
    IS_CLOSING,
    IS_STOPPED,
    LAST_EXIT,
    NO_DEAL,
    OPENED_AT,
    OPENS_AFTER,
    ORDERS,
    OUTCOME,
    PROFIT,
    ROLE,
    RUNS,
    SAFETY_FILLED,
    STATUS,
    STEPS_DONE,
    STOPPED_OUT,
    TAKE_PROFIT,
    TARGETS,
    TOO_MANY_FILLS,
)
from desktop_app.research.kernel.planning import is_dust
from desktop_app.research.kernel.twofold import steps_down


@inner
def end_deal(run: Run, ending: int) -> None:
    if run.state[ENDING] == RUNS:
        run.state[ENDING] = ending
        run.state[DEAL] = IS_CLOSING


@inner
def end_by_exits(run: Run) -> None:
    state = run.state
    if not state[EXITED]:
        return
    if steps_down(held(run)) <= 0:
        end_deal(run, COMPLETED if state[STEPS_DONE] else CLOSED_BY_USER)
        return
    if state[STEPS_DONE] and is_dust(run) and not _has_live_target(run):
        end_deal(run, COMPLETED)
    elif run.set[TARGETS] and state[STEPS_DONE] >= run.set[TARGETS]:
        state[STEPS_DONE] = run.set[TARGETS] - 1


@inner
def _has_live_target(run: Run) -> bool:
    for k in range(run.state[ORDERS]):  # noqa: SIM110 - the compiler knows no generators
        if run.orders[k, ROLE] == TAKE_PROFIT and run.orders[k, STATUS] != FINAL:
            return True
    return False


@inner
def close_if_done(run: Run, at: int) -> bool:
    """Once no order rests and nothing is left that could be exited: profit and dust go to the next deal."""
    state = run.state
    if state[ENDING] == RUNS:
        return False
    for k in range(state[ORDERS]):
        if run.orders[k, STATUS] != FINAL:
            return False
    if steps_down(held(run)) > 0 and not is_dust(run):
        return False
    close_deal(run, at)
    return True


@inner
def close_deal(run: Run, at: int) -> None:
    state = run.state
    if state[ENTERED] or state[EXITED]:
        row = run.deals[state[DEALS] - 1 - state[DEALS_TAKEN]]
        row[DEAL_STATUS] = state[ENDING]
        row[DEAL_OPENED] = state[OPENED_AT]
        row[DEAL_CLOSED] = state[LAST_EXIT] if state[EXITED] else at
        row[DEAL_SAFETY] = state[SAFETY_FILLED]
    state[OPENS_AFTER] = max(at, state[BAR_END]) + run.set[COOLDOWN]
    add_to(run.pairs, PROFIT, cash(run))
    add_to(run.pairs, DUST, held(run))
    state[DEALS_CLOSED] += 1
    if state[ENDING] == STOPPED_OUT and run.set[DOES_STOP_END]:
        state[IS_STOPPED] = 1
    state[DEAL] = NO_DEAL
    if state[DEALS] - state[DEALS_TAKEN] >= len(run.deals):
        state[OUTCOME] = TOO_MANY_FILLS
