"""What the window knows at any moment."""

from dataclasses import replace

from desktop_app.gui.known import Known
from tests.gui.fake_engine import ACCOUNT, MARKETS, bot_view, deal_128, deal_view


def test_D_02_the_prices_in_a_bots_words_are_of_the_pair_of_its_newest_deal() -> None:
    known = Known(markets={ACCOUNT: MARKETS})
    bot = bot_view(pairs=("BTC/USDT", "ETH/USDT"))
    assert known.market_of_bot(bot) == MARKETS["BTC/USDT"]
    deal = deal_view(replace(deal_128(), symbol="ETH/USDT"))
    known.deals[deal.deal_id] = deal
    assert known.market_of_bot(bot) == MARKETS["ETH/USDT"]
    assert known.market_of_bot(replace(bot, pairs=(), bot_id=9)) is None
