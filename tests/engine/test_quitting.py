"""What stays and what stops when the application is closed."""

from desktop_app.core.order import Role
from tests.engine.lab import Lab


async def test_the_summary_names_what_rests_and_what_only_the_application_does(lab: Lab) -> None:
    await lab.add()
    await lab.price("50000")

    summary = await lab.running.supervisor.quit_summary()

    assert (summary.bots, summary.orders) == (1, 2)
    (account,) = summary.accounts
    (deal,) = account.deals
    assert {order.role for order in deal.stays} == {Role.SAFETY, Role.TAKE_PROFIT}
    assert {told.code for told in deal.stops} == {"quit_stops_take_profit", "quit_stops_no_stop_loss"}
    assert {told.code for told in account.stops} == {"quit_stops_new_deals"}


async def test_an_account_without_a_bot_at_work_is_not_mentioned(lab: Lab) -> None:
    await lab.add(is_started=False)

    assert (await lab.running.supervisor.quit_summary()).accounts == ()
