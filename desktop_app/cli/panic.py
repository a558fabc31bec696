"""`panic`: stop all bots, cancel their orders, and only if asked sell what they hold."""

from argparse import Namespace
from typing import TYPE_CHECKING

from desktop_app.cli.output import DONE, FAILED, complain, count, show, show_document, visible, wording
from desktop_app.cli.session import House, changing

if TYPE_CHECKING:
    from desktop_app.engine.panic import PanicReport


def act(call: Namespace, house: House) -> int:
    with changing(house) as session:
        report: PanicReport = session.call("panic", sell=call.sell)
        forgotten: tuple[str, ...] = ()
        if call.forget_keys and report.is_done:  # without the keys nothing more could be cancelled
            forgotten = session.call("forget_keys")
        where = "the running Strongroom keeps trying" if session.is_remote else "call `strongroom panic` again"
    if call.json:
        show_document(
            {
                "done": report.is_done,
                "bots_stopped": report.bots_stopped,
                "orders": report.orders,
                "orders_cancelled": report.cancelled,
                "unconfirmed": list(report.unconfirmed),
                "deals": report.deals,
                "deals_sold": report.sold_deals,
                "left": [wording(left) for left in report.left],
                "written_down": report.is_written_down,
                "keys_forgotten": list(forgotten),
            }
        )
    else:
        _show(report, is_selling=call.sell)
        for name in forgotten:
            show(f"The key of {visible(name)} is gone from this computer. Delete it at the exchange, too.")
    if not report.is_done:
        kept = " The keys are kept until then." if call.forget_keys else ""
        complain(
            f"{count(report.orders - report.cancelled, 'order')} not yet confirmed as cancelled; they may still fill. "
            f"To go on, {where}.{kept}"
        )
        return FAILED
    if not report.is_written_down:
        complain(
            "PANIC was carried out but could not be written down. The bots may start again after a restart. Free some "
            "disk space and call it again."
        )
        return FAILED
    return DONE


def _show(report: "PanicReport", *, is_selling: bool) -> None:
    show(f"Stopped {count(report.bots_stopped, 'bot')}. They stay stopped until you start them one by one.")
    show(f"Cancelled {report.cancelled} of {count(report.orders, 'order')}.")
    if is_selling:
        show(f"Sold what the bots held in {report.sold_deals} of {count(report.deals, 'deal')}.")
    for left in report.left:
        show(wording(left))
