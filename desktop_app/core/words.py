"""What the core has to say, as English templates for its codes, and how a template becomes a plain sentence."""

from collections.abc import Mapping
from decimal import Decimal

from desktop_app.core.order import Role, Side
from desktop_app.core.said import Said, Value

_MINUS = "\u2212"
_SIDES_OF_LINES = {"grid_bought": Side.BUY, "grid_sold": Side.SELL, "grid_round_trip": Side.SELL}

WORDS: dict[str, str] = {
    # Why a bot is not trading, or what it waits for
    "why_paused": "Paused: no new deals.",
    "why_stopped_out": "Stopped itself after a stop loss. Start it when it should go on.",
    "why_had_enough": "Had its {deals} deals and stopped itself.",
    "why_no_market": "{pair} is not traded on this account.",
    "why_no_price": "Waits for the first price of {pair}.",
    "why_max_deals": "{deals} deals are open, the most it may have.",
    "why_waits_for_signal": "Waits for a signal.",
    "why_mirrors": "Mirrors {bot}: waits until that begins a deal.",
    "why_waits_for_you": "Waits until you start a deal.",
    "why_cooldown": "Pauses between deals: {seconds} s left.",
    "why_price_below": "Price {price} is below its limit of {limit}.",
    "why_price_above": "Price {price} is above its limit of {limit}.",
    "why_volume": "Volume of 24 hours is {volume}; it wants at least {limit}.",
    "why_base_too_small": "Its base order of {cost} is below the exchange's minimum of {least}.",
    "why_opens_next": "Opens a deal at the next price.",
    "why_opening": "Waits for its base order to fill.",
    "why_closing": "Closing the deal.",
    "why_close_retried": "The exchange refused the close ({reason}). It is tried again.",
    "why_trailing": "Follows the price; closes at {level}.",
    "why_waits_tp_or_so": "Waits for take profit {take_profit} or safety order {index} at {safety}.",
    "why_waits_tp": "Waits for take profit {take_profit}.",
    "why_waits_so": "Waits for safety order {index} at {safety}.",
    "why_tp_too_small": "What it holds is too small to sell; waits for a safety order or for you.",
    "why_waits_exit_signal": "Waits for a signal to exit, or for you.",
    "why_waits_for_close": "Has no take profit; waits for its stop loss or for you.",
    "why_budget": "Its deals have or may take {used}; another one would go over its limit of {limit}.",
    "why_not_ready": "{indicator} on {timeframe} is not ready: {candles} of {needed} candles.",
    "why_less_than": "{indicator} on {timeframe} is {value}, waits for below {limit}.",
    "why_greater_than": "{indicator} on {timeframe} is {value}, waits for above {limit}.",
    "why_crosses_above": "{indicator} on {timeframe} is {value}, waits to cross above {limit}.",
    "why_crosses_below": "{indicator} on {timeframe} is {value}, waits to cross below {limit}.",
    "why_waits_for_profit": "Its signal to close is on; waits for a profit of {percent} %.",
    "why_closes_next": "Its signal to close is on: closes at the next price.",
    # The timeline of a deal
    "deal_started": "Deal started on {pair}: base order of {amount} at about {price}.",
    "base_filled": "Base order: {amount} at {price}, fee {fee}.",
    "safety_filled": "Safety order {index}: {amount} at {price}, fee {fee}. Average {before} → {average}.",
    "take_profit_filled": "Take profit {index}: {amount} at {price}, fee {fee}.",
    "stop_loss_filled": "Stop loss: {amount} at {price}, fee {fee}.",
    "close_filled": "Closed {amount} at {price}, fee {fee}.",
    "manual_filled": "Your order: {amount} at {price}, fee {fee}. Average {before} → {average}.",
    "trailing_armed": "Trailing from {price}.",
    "trailing_undone": "Trailing undone at {price}: the deal is no longer in profit.",
    "trailing_closes": "Trailing closes at {price}, best was {best}.",
    "signal_closes": "Its signal closes the deal at {price}.",
    "signal_buys": "Its signal buys safety order {rungs} at {price}.",
    "rungs_follow": "Safety order {rungs} reached at {price}: follows the price down.",
    "rungs_turned": "The price came back to {price} from {worst}: buys the safety orders that it had reached.",
    "stop_loss_reached": "Stop loss reached at {price}.",
    "stop_loss_waits": "Beyond the stop loss at {price}; waits {seconds} s.",
    "stop_loss_reset": "Back from the stop loss at {price}.",
    "stop_loss_moved": "Stop loss moved to {level} after take profit {index}.",
    "deal_timed_out": "Open for {seconds} s: closing at market.",
    "deal_closed": "Deal over ({status}): {profit}.",
    "deal_asked": "A deal on {pair} was asked for.",
    "deal_close_asked": "You closed the deal at market.",
    "deal_cancel_asked": "You stopped managing the deal. {amount} coins stay in the account.",
    "deal_edited": "You changed the deal.",
    "deal_noted": "Note: {text}",
    "funds_added": "You added {amount} at about {price}.",
    "order_taken_back": "You took back the order of {amount} at {price}.",
    "funds_reduced": "You take out {amount}.",
    "bot_paused": "Paused: no new deals. Open deals go on.",
    "bot_resumed": "Goes on: new deals may start.",
    # Problems of a deal
    "order_refused": "The order was refused ({role} {index}): {reason}. Nothing was bought or sold.",
    "order_canceled_outside": "An order ({role} {index}) was cancelled outside this program. It is not placed again.",
    "unknown_order": "News of an order that no deal knows: {client_id}.",
    "no_such_deal": "There is no open deal {deal}.",
    "pair_not_traded": "{pair} is not one of the bot's pairs.",
    "deal_is_closing": "The deal is already being closed.",
    "deal_not_open_yet": "The base order has not filled yet. Try again when the deal is open.",
    "trailing_is_off": "This deal has no trailing deviation. Edit its take profit first.",
    "add_too_small": "Not added: the exchange takes no order below {least}.",
    "order_not_by_hand": "The deal's plan would place this order again. Edit the deal instead; only orders that you "
    "added can be taken back.",
    "reduce_too_small": "Not sold: the exchange takes no order below {least}.",
    "edit_refused": "The deal was not changed: {reason}.",
    # Strategies of one's own
    "own_waits": "{file} waits for the next candle of {timeframe}.",
    "own_says": "{file}: {text}",
    "own_needs_finer": "the strategy is asked every {timeframe}; give candles of that length or of an even part of it.",
    "own_not_there": "there is no {file} in the strategies folder ({folder}).",
    "own_not_trusted": "{file} is new, or was changed since you trusted it. Read it, then "
    "`strongroom strategy trust {file}`.",
    "own_decides_itself": "The strategy decides that itself. You can close the deal, stop managing it, add or take out "
    "funds.",
    "own_not_bought_too_small": "Not bought: what is left of the budget, or what was asked for, is below the least "
    "that {pair} takes ({least}).",
    "own_not_bought_paused": "Not bought on {pair}: the bot is paused.",
    "own_not_bought_closing": "Not bought on {pair}: the deal is being closed.",
    "own_target_too_small": "The sell order at {price} is below the exchange's minimum of {least}. It does not rest.",
    "own_raised": "{file} stopped with an error at {place}: {error}. The bot buys nothing more and its resting buys "
    "are taken back; sell orders that rest and the stop stay in force. Mend the file, trust it again and start the "
    "bot.",
    "own_slow": "{file} did not answer in time; it may be in an endless loop ({error}). The bot buys nothing more; "
    "sell orders that rest and the stop stay in force. Mend the file, trust it again and start the bot.",
    "own_broken": "{file} cannot be used ({place}): {error}. The bot buys nothing more; sell orders that rest and the "
    "stop stay in force. Mend the file, trust it again and start the bot.",
    "own_answer": "{file} answered something that cannot be carried out: {error}. The bot buys nothing more; sell "
    "orders that rest and the stop stay in force. Mend the file, trust it again and start the bot.",
    "own_changed": "{file} was changed since you trusted it. The bot buys nothing more; sell orders that rest and the "
    "stop stay in force. Look at the file, trust it again and start the bot.",
    "own_missing": "{file} is not in the strategies folder. The bot buys nothing more; sell orders that rest and the "
    "stop stay in force. Put it back and start the bot.",
    # Smart trades
    "trade_started": "Smart trade on {pair} begins. The price is {price}.",
    "trade_took_over": "The trade takes over {amount} at {price} each.",
    "trade_begins_itself": "A smart trade begins by itself, once. Make a new one.",
    "entry_reached": "The price {price} has come to the trigger at {level}. The entry is ordered.",
    "entry_follows": "The entry follows the price from {price}.",
    "entry_turned": "The price turned at {best} and has come back to {price}. The entry is ordered at market.",
    "entry_forced": "You do not wait for the entry's price: ordered at market, at about {price}.",
    "entry_waits_for_nothing": "This deal does not wait for an entry.",
    "target_reached": "Target {index} at {price} is reached: sold at market.",
    "native_stop_reached": "The price {price} is beyond the stop order on the exchange. If that does not act "
    "in {seconds} s, this program sells.",
    "native_not_offered": "{pair} takes no stop orders on this exchange. The stop loss is kept by this program, and "
    "protects only while it runs.",
    "native_instead_of_targets": "The stop loss rests on the exchange and holds the coins there. Targets are kept by "
    "this program and sold at market when reached.",
    "deal_convert_asked": "You make this deal a smart trade. Its orders are cancelled; the trade takes over {amount}.",
    "convert_refused": "The deal was not converted: {reason}.",
    "convert_too_small": "Not converted: what the deal holds is below the exchange's minimum of {least}.",
    "why_trade_over": "The trade is over.",
    "why_waits_limit": "Waits for the limit order at {price}.",
    "why_waits_turn": "The entry follows the price: best {best}, it is ordered at {level}.",
    "why_waits_trigger": "Waits for the price to come to {price}.",
    "why_coins_missing": "The trade needs {amount} {coin}; {free} are free.",
    # Grids
    "why_grid_starts": "Starts at the next price.",
    "why_grid_start_price": "Waits for its start price {start}; the price is {price}.",
    "why_grid_balances_unknown": "Waits to hear what coins the account holds.",
    "why_grid_beyond_stop": "The price {price} is where it would stop; it does not start there.",
    "why_grid_over": "Its grid is over. Start it when it should begin again.",
    "why_grid_balances": "Buys {amount} coins for its sell lines.",
    "why_grid_rebuilds": "Lays its lines anew.",
    "why_grid_pump": "The price jumped: it does not follow for another {seconds} s.",
    "why_grid_waits": "Waits to buy at {buy} or sell at {sell}.",
    "why_grid_above": "The price is above its lines: it holds no coins, and buys again at {buy}.",
    "why_grid_below": "The price is below its lines: it earns nothing until it sells at {sell}.",
    "grid_started": "Grid started on {pair}: {lines} lines at a price of {price}, line {waiting} waits.",
    "balancing_filled": "Bought {amount} at {price} for the sell lines, fee {fee}.",
    "grid_bought": "Grid {index} bought {amount} at {price}, fee {fee}.",
    "grid_sold": "Grid {index} sold {amount} at {price}, fee {fee}.",
    "grid_round_trip": "Grid {index} sold {amount} at {price}, fee {fee}. The round trip earned {profit}.",
    "grid_moved": "The price came to {price}: the grid follows by one line.",
    "grid_grew": "The price came to {price}: one more line.",
    "grid_pump": "The price moved {percent} % or more within an hour, to {price}: the grid does not follow for an "
    "hour.",
    "grid_stop_below": "Lower stop reached at {price}.",
    "grid_stop_above": "Upper stop reached at {price}.",
    "grid_take_profit": "The profit wished for is reached at {price}: everything is sold.",
    "grid_funds_added": "You added {volume}: {each} more on each line.",
    "grid_is_rebuilt": "You changed the grid: its orders are cancelled and the lines are laid anew.",
    "grid_rebuilt": "The grid has {lines} lines now.",
    "grid_runs_already": "Its grid is running already.",
    "grid_cannot": "A grid cannot do this. Edit the grid instead.",
    "grid_adds_at_market": "A grid takes more money at market only; name no price.",
    "grid_too_many_lines": "There would be {lines} lines up to the price; {most} are the most.",
    "grid_line_at_zero": "The lowest line would be at 0 on this market's price steps.",
    "grid_lines_touch": "Lines {index} and {other} would both be at {price}: this market's price steps are wider.",
    "grid_cell_loses": "A cell earns {step} % before fees, and its two fees are {fees} %: it would lose.",
    "grid_cells_lose": "A cell earns {step} % before fees, and its two fees are {fees} %: it would lose. This range "
    "holds at most {cells} cells.",
    "grid_line_too_small": "Line {index} is {cost}. {pair} needs at least {least} {unit} per line.",
    "grid_price_below": "The price {price} is below the lowest line {lower}: all coins are bought at once, and nothing "
    "sells before it rises.",
    "grid_price_above": "The price {price} is above the highest line {upper}: nothing is bought before it falls.",
    "grid_beyond_stop": "The price {price} is beyond the stop at {stop}: it would not start.",
    "grid_many_orders": "{orders} orders would rest at once. Many exchanges allow {most} on a pair; limit the lines at "
    "once.",
    "grid_no_stop": "Below {lower} it holds up to {coins} {base} and earns nothing until the price returns.",
    # Checks before a start
    "order_too_small": "Order {index} is {cost}. {pair} needs at least {least}.",
    "exit_too_small": "After the fee the exchange would not take what the base order bought at {price}: too small to "
    "sell. From {least} on it would.",
    "timeframe_too_fine": "A condition on {timeframe} cannot be tested on candles of {base}. Use finer candles that "
    "divide it, or another timeframe.",
    "percent_needs_balance": "A size in percent needs a balance to be a percent of. Give one with --balance.",
    "rung_below_zero": "Safety order {index} would be at or below zero. It is left out.",
    "rung_at_once": "Safety order {index} lies beyond the price and would fill at once.",
    "stop_before_rungs": "Stop loss at {percent} % triggers before safety order {index} (at {deepest} %) can be used.",
    "profit_below_fees": "Profit {percent} % is not more than the two fees ({fees} %).",
    "trailing_wide": "Trailing {deviation} % is wider than the profit of {percent} %.",
    "no_stop_loss": "Without a stop loss this bot holds its coins if the price falls below the last safety order.",
    # What speaks against an API key
    "key_can_withdraw": "This key can withdraw coins. Strongroom refuses such keys: make one without withdrawals.",
    "key_can_transfer": "This key can transfer coins to other accounts. Strongroom refuses such keys: make one without "
    "transfers.",
    "key_cannot_read": "This key cannot read the account. Allow reading at the exchange.",
    "key_expired": "This key has expired. Make a new one at the exchange.",
    "key_withdraw_unknown": "The exchange does not tell whether this key can withdraw. Look there yourself: it "
    "must not.",
    "key_transfer_unknown": "The exchange does not tell whether this key can transfer coins. Look there yourself: it "
    "must not.",
    "key_cannot_trade": "This key cannot trade. It is enough to watch the account; bots need spot trading.",
    "key_not_bound": "This key works from every internet address. Bind it to yours at the exchange.",
    "key_binding_unknown": "The exchange does not tell whether this key is bound to an internet address.",
    "key_expires_soon": "This key expires in {days} days. Make a new one in time.",
    # Signals from outside
    "signal_too_large": "The message is longer than {limit} bytes.",
    "signal_not_text": "The message is no text in UTF-8.",
    "signal_not_json": "The message is no JSON object and no list of them, or names something twice.",
    "signal_too_deep": "The message nests deeper than {limit} levels.",
    "signal_too_many": "The message has more than {limit} signals.",
    "signal_many_fields": "The message has more than {limit} fields.",
    "signal_field_missing": "{field} is missing.",
    "signal_field_kind": "{field} is of the wrong kind: a text, a number or an object is expected there.",
    "signal_field_text": "{field} is too long or has signs that cannot be shown.",
    "signal_field_number": "{field} is no number that makes sense there.",
    "signal_field_positive": "{field} must be more than 0.",
    "signal_delay": "A signal is acted on at once or not at all: delay_seconds must be 0.",
    "signal_bad_time": "timestamp is no time like 2026-01-31T08:00:00Z.",
    "signal_bad_position": "{field} is not long, short or flat.",
    "signal_bad_position_size": "market_position_size does not go with market_position.",
    "signal_bad_unit": "currency_type is not base, quote, margin_percent or position_percent.",
    "signal_bad_targets": "take_profit.steps is no list of up to {limit} steps with a percent each.",
    "signal_placeholder": "{field} is still {value}: TradingView fills that in for alerts of strategies only.",
    "signal_without_time": 'The message has no "timestamp". Without one nobody can tell an old signal from a new one.',
    "signal_unknown_action": "There is no action {action}.",
    "signal_without_pair": "The message names no pair, and the bot has several.",
    "signal_other_pair": "{pair} is not one of the bot's pairs.",
    "signal_late": "The signal is {seconds} s old; the bot ignores those older than {limit} s.",
    "signal_from_the_future": "The signal is {seconds} s ahead of this computer's clock.",
    "signal_not_for_kind": "A {kind} bot has no action {action}.",
    "signal_without_deal": "There is no deal on {pair}.",
    "signal_no_room": "No further deal may open on {pair} now.",
    "signal_pause": "The bot pauses between deals: {seconds} s left.",
    "signal_adds_too_much": "Signals may add {limit} more to this deal, as much as was planned for it, not {volume}.",
    "signal_ran_out": "A deal on {pair} that a signal asked for could not open in time.",
    "why_signal_waits": "A signal wants to enter {pair}; waits for a price.",
    "signal_other_mode": "The action {action} does not go with this bot, which listens to {mode} alerts.",
    "signal_other_direction": "The bot does not enter {direction}.",
    "signal_enters": "A signal enters {direction} on {pair}.",
    "signal_withdrawn": "The entry on {pair} that was waiting is withdrawn.",
    "signal_nothing_to_exit": "There is nothing to exit on {pair}.",
    "signal_max_entries": "The position already has {entries} entries, the most it may have.",
    "signal_too_near": "Not entered again: the price is {distance} % from the last entry; the bot wants {least} %.",
    "signal_filtered": "Not entered: the price {price} or the volume of {pair} is outside the bot's limits.",
    "signal_too_small": "Not entered: {value} is below the exchange's minimum of {least}.",
    "signal_no_coins": "Not entered short: it would sell {amount} {coin}, and {free} are free.",
    "signal_bad_steps": "The shares of the signal's take profit do not add up to 100, or its percents do not rise.",
    "signal_no_backtest": "A signal bot trades on alerts from outside, and the past has none to play.",
    "signal_closed": "A signal closed the deal at market.",
    "signal_cancelled": "A signal ended the deal. {amount} coins stay in the account.",
    "signal_added": "A signal added {amount} at about {price}.",
    "signal_reduced": "A signal takes out {amount}.",
    # Limits of the account
    "risk_pair": "{pair} is not on the account's list of pairs",
    "risk_no_price": "no price of {pair} is known to check the order against",
    "risk_order_value": "order of {value} is above the account's limit of {limit}",
    "risk_orders_a_minute": "the account's limit of {limit} orders a minute is reached",
    "risk_open_deals": "the account's limit of {limit} open deals is reached",
}


def sentence(said: Said, words: Mapping[str, str] = WORDS) -> str:
    """The plain English sentence; a code without a template is shown as it is, never hidden."""
    template = words.get(said.code)
    line = line_of(said)
    values = {name: plain(value) if name != "index" or line is None else line for name, value in said.values}
    if template is None:
        return " ".join([said.code, *(f"{name}={value}" for name, value in values.items())])
    return template.format_map(_Shown(values))


def grid_line(index: int, *, is_buy: bool) -> str:
    """By the cell that it opens or closes, the lowest being 1: B01 … S20; a grid that grew down counts below it."""
    number = f"{index + 1:02}" if is_buy else f"{index:02}"
    return f"{'B' if is_buy else 'S'}{number}".replace("-", _MINUS)


def line_of(said: Said) -> str | None:
    """What the line of a grid is called that the sentence tells of; None where it tells of none."""
    values = dict(said.values)
    side = _SIDES_OF_LINES.get(said.code) or (values.get("side") if values.get("role") == Role.GRID else None)
    index = values.get("index")
    return grid_line(index, is_buy=side == Side.BUY) if side and isinstance(index, int) else None


def plain(value: Value) -> str:
    """A number without exponent and without idle zeros, at most 8 decimals; anything else as it is."""
    if not isinstance(value, Decimal):
        return str(value)
    rounded = round(value, 8) if value.as_tuple().exponent not in ("n", "N", "F") else value
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class _Shown(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"
