from desktop_app.gui.ticket.draft import TargetDraft, TicketDraft, first_draft, next_number, with_shares_spread
from tests.gui.fake_engine import ACCOUNT, bot_view


def test_a_ticket_begins_at_the_price_with_a_target_and_a_stop_loss() -> None:
    draft = first_draft(3, ACCOUNT, "BTC/USDT", "63120")
    assert (draft.verb, draft.entry, draft.price, draft.amount) == ("trade", "limit", "63120", "")
    assert (draft.targets[0].percent, draft.stop.is_on, draft.stop.percent) == ("2", True, "2.5")


def test_shares_are_equal_and_add_up_to_all() -> None:
    for count in range(1, 8):
        shares = [int(target.share) for target in with_shares_spread((TargetDraft(),) * count)]
        assert sum(shares) == 100
        assert max(shares) - min(shares) < count
    assert with_shares_spread(()) == ()


def test_numbers_of_trades_go_on_where_the_last_one_ended() -> None:
    trades = [bot_view(name=name, kind="smart_trade") for name in ("Trade 3", "Buy 12", "by hand")]
    assert next_number([*trades, bot_view(name="BTC starter 99")]) == 13
    assert next_number([]) == 1


def test_verbs_say_what_they_have() -> None:
    assert [verb for verb in ("buy", "sell", "trade", "cover", "hold") if TicketDraft(1, verb=verb).has_exits] == [
        "trade", "cover", "hold",
    ]  # fmt: skip
    assert TicketDraft(1, verb="cover").sells_first
    assert not TicketDraft(1, verb="hold").has_entry
