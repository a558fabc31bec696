"""What the engine has to say, as templates for the codes that it uses."""

# Values in braces are filled in by the face that shows the sentence, in its own language and number format.
WORDS: dict[str, str] = {
    # Why a bot does not act
    "why_list_is_empty": "Its list of pairs is empty: nothing on this account fits.",
    "why_bot_stopped": "Stopped. Start it when it should trade.",
    "why_app_is_closed": "Waits until Strongroom runs: open the window or call `strongroom run`.",
    "why_bot_paused": "Paused: no new deals. Open deals go on.",
    "why_held_error": "Held: the bot met a problem of its own ({error}). Its orders stay on the exchange. "
    "Start it again to let it check everything and go on.",
    "why_held_store": "Held: {what} {effect} {next_step}",
    "why_held_mailbox": "Held: more happened than the bot could work through. Start it again to let it catch up.",
    "why_held_settings": "Held: its settings cannot be read any more ({error}). Its orders stay on the exchange. "
    "Edit the bot.",
    "why_account_full": "{deals} deals are open, the most that the account allows. The next starts when one is over.",
    "why_pairs_barred": "{pair} is not among the pairs that {account} is limited to. No deal starts.",
    "why_waits_for_account": "Waits: {account} cannot be reached ({reason}). Orders on the exchange stay as they are.",
    "why_waits_for_check": "Waits: its orders and fills are being compared with {account} first.",
    "why_waits_for_prices": "Waits: no prices from {account} ({reason}). Orders on the exchange stay active.",
    "why_stopped_by_panic": "Stopped by PANIC. It stays stopped until you start it.",
    # Mirrors
    "mirror_of_mirror": "{bot} is a mirror itself. Nothing was added. Mirror the bot that it mirrors.",
    "mirror_kind": "A bot of this kind cannot be mirrored. {bot} stays as it is. Send its alerts to a bot on each "
    "account instead, or place the trade there.",
    "mirror_same_account": "{bot} is on {account} already. Nothing was added. Choose another account.",
    "mirror_no_balance": "The balances of {bot}'s account and of {account} are not both known, or one is empty. "
    "Nothing was added. Connect both, or give a percentage.",
    "mirror_is_not_edited": "{bot} mirrors {source} and was not changed. Change {source}: its mirrors follow.",
    "mirror_needs_source": "{bot} is mirrored by {mirrors} and was not removed. Remove the mirrors first.",
    "mirror_missed": "{bot} did not begin the deal on {pair} that {source} began: {account} could not trade at that "
    "moment.",
    "mirror_not_followed": "{bot} on {account} could not follow the bot that it mirrors ({reason}). Look at it.",
    # Strategies of one's own
    "own_not_there": "There is no {file} in the strategies folder ({folder}). Nothing was started. Put it there.",
    "own_not_trusted": "{file} is new, or was changed since you trusted it. Nothing was started. Read it, then trust "
    "it (`strongroom strategy trust {file}`).",
    "own_unusable": "{file} cannot be used ({place}): {error}. Nothing was started. Mend the file.",
    "own_is_there": "There is a {file} in the strategies folder already. Nothing was written. Choose another name.",
    "own_not_written": "{file} could not be written ({reason}). Check the data folder.",
    "own_changed_meanwhile": "{file} was changed while you looked at it. It was not trusted. Look at it again.",
    "own_no_consent_kept": "The consent for {file} could not be written down ({reason}). It was not trusted.",
    # What happened
    "engine_bot_started": "Started.",
    "engine_bot_stopped": "Stopped.",
    "bot_finished": "The bot has done what it was asked and stopped itself.",
    "order_in_doubt": "We do not know yet whether the {side} order of {amount} {base} exists. Checking; it is not sent "
    "again.",
    "order_never_arrived": "never arrived",
    "order_not_sent_panic": "not sent: PANIC is in force",
    "order_not_sent_stopped": "not sent: this account may only be watched",
    "order_not_sent_limits": "not sent: {reason}",
    "late_fill": "A fill of {amount} {base} came after its deal was over. The coins are in your account.",
    "reconciled": "Compared with {account}: {differences} differences, {fills} new fills.",
    "reconcile_failed": "{account} could not be compared ({reason}). Trying again.",
    "feed_lost": "No prices from {account} ({reason}). Orders on the exchange stay active.",
    "feed_restored": "Prices from {account} are back.",
    "feed_quiet": "no price for {seconds} seconds",
    "foreign_order": "An order on {account} has our mark but is not in the journal: {side} {amount} {pair}.",
    "foreign_trade": "A trade on {account} has our mark but its order is not in the journal: {amount} {pair}.",
    "task_failed": "A part of the engine stopped and was started again: {task} ({error}).",
    "task_lost": "A part of the engine stopped: {task} ({error}).",
    # PANIC
    "panic_stopped": "New deals stopped on {bots} bots.",
    "panic_cancelled": "Cancelled {done} of {total} orders.",
    "panic_cancel_retry": "{client_id} is not confirmed: try {tries}.",
    "panic_sold": "Sold what the bots held in {done} of {total} deals.",
    "panic_left": "Not touched: {amount} {asset} that no bot bought.",
    "panic_deal_left": "{amount} {base} of a deal of {bot} stay in your account.",
    "panic_done": "Done. The bots stay stopped until you start them one by one.",
    "panic_unreachable": "{account} cannot be reached ({reason}). Trying again.",
    # Quit
    "quit_stops_safety": "{count} further safety orders",
    "quit_stops_grid": "the grid: a line that fills puts no order on the other side",
    "quit_stops_take_profit": "moving the take profit",
    "quit_stops_no_take_profit": "the take profit (none rests on the exchange)",
    "quit_stops_stop_loss": "the stop loss at {price}",
    "quit_stops_no_stop_loss": "this deal has no stop loss",
    "quit_stops_trailing": "trailing",
    "quit_stops_new_deals": "new deals",
    "quit_stops_simulation": "the simulated market: its orders wait until the next start",
    # The keyring
    "vault_ok": "Keys are kept in {keyring}.",
    "vault_locked": "{keyring} is locked or not set up yet. Nothing was changed. Unlock it, then try again.",
    "vault_absent": "This session has no keyring that Strongroom trusts. No key was stored or read. Start GNOME "
    "Keyring or KWallet, or use the key for this session only.",
    "vault_unsafe": "{keyring} does not keep secrets safe. Nothing was stored. Use the keyring of your system.",
    "vault_unfaithful": "{keyring} did not give back what it was given. Nothing was stored. Restart it, or use the "
    "key for this session only.",
    "vault_silent": "The keyring gave no answer for {seconds} seconds. Nothing was changed. It may be asking for its "
    "password in another window: answer there, then try again.",
    "vault_failed": "{keyring} refused ({reason}). Nothing was changed. Restart it, then try again.",
    "key_missing": "{keyring} no longer has the key of this account. Orders on the exchange stay as they are. Enter "
    "the key again.",
    "key_damaged": "The key of this account in {keyring} is incomplete. Orders on the exchange stay as they are. "
    "Enter the key again.",
    "key_too_long": "The key is longer than {most} characters. Nothing was stored. Copy it from the exchange again.",
    # Problems: what happened. What it means. What to do.
    "no_such_bot": "There is no bot {bot}. Nothing was changed. `strongroom bot list` shows them all.",
    "no_such_account": "There is no account {account}. Nothing was changed. `strongroom account list` shows them all.",
    "no_such_deal": "There is no deal {deal}. Nothing was changed. `strongroom deal list --all` shows them all.",
    "deal_is_over": "Deal {deal} is over. Nothing was changed.",
    "no_such_pair": "{account} does not trade {pair}. Nothing was added. Choose one of its pairs.",
    "name_taken": "The name {name} is already taken. Nothing was added. Choose another name.",
    "bad_bot_file": "The bot file has {count} problems. Nothing was added. {problems}",
    "no_trade": "That is a {kind} bot and no smart trade. Nothing was added. `strongroom bot add` adds bots.",
    "trade_too_small": "{pair} takes no order below {least} {quote}, and this is {cost}. Nothing was ordered. Choose a "
    "larger amount.",
    "trade_without_coins": "The trade sells {amount} {coin}, and {free} are free on {account}. Nothing was ordered. "
    "Choose a smaller amount.",
    "bad_account": "The account cannot be set up like this: {reason}. Nothing was added.",
    "account_in_use": "{account} is used by {bots}. Nothing was removed. Remove these bots first.",
    "bot_has_deals": "{bot} has {count} open deals. Nothing was removed. Close or cancel them first.",
    "bot_runs": "{bot} is running. Nothing was removed. Stop it first.",
    "bot_not_running": "{bot} is not running, so it cannot do this. Nothing was changed. Start it first.",
    "bot_other_account": "A bot with open deals stays on its account and pairs. Nothing was changed.",
    "bot_is_held": "{bot} is held and cannot do this: {why} Nothing was changed.",
    "account_watch_only": "{account} may only be watched. No bot was started. "
    "`strongroom account allow-trading {account} --yes` allows orders.",
    "account_unreachable": "{account} cannot be reached ({reason}). Nothing was changed. Try again in a moment.",
    "no_speed": "{account} runs at the speed of its exchange. Nothing was changed.",
    "bad_speed": "A speed of {speed} is not possible. Nothing was changed. Choose 1 to 600.",
    "second_instance": "Strongroom is already running on {path}. Nothing was changed. Use the running one, or another "
    "--data-dir.",
    "no_window_here": "Strongroom runs on {path} without a window. {document} was not opened. Add it with "
    "`strongroom bot add`, or stop the running one first.",
    "link_unknown": "Strongroom does not know this link: {link}. Nothing was opened. Ask for the bot as a file.",
    "link_too_long": "The link is longer than {most} signs. Nothing was opened. Ask for the bot as a file.",
    "document_elsewhere": "This link leads to another computer: {link}. Nothing was opened. Save the file on this one "
    "first.",
    "document_no_bot_file": "{file} is no bot file: its name ends neither in .strongroom nor in .toml. Nothing was "
    "opened. Choose another file.",
    "document_unreadable": "{file} cannot be read ({reason}). Nothing was opened. Choose another file.",
    "document_no_file": "{file} is no ordinary file. Nothing was opened. Choose another file.",
    "document_too_long": "{file} is longer than {most} signs, as no bot file is. Nothing was opened. Choose another "
    "file.",
    "document_no_text": "{file} is not a text. Nothing was opened. Choose another file.",
    # Newer versions
    "updates_unreachable": "The project's page does not answer ({reason}). Nothing was changed. Try again later.",
    "updates_refused": "The project's page gave no version (status {status}). Nothing was changed. Try again later.",
    "updates_not_understood": "What the project's page answered could not be understood. Nothing was changed. Look at "
    "the page yourself.",
    "no_lock": "The data folder {path} cannot be locked ({reason}). No bot was started. Give your user the right to "
    "write there, or choose another data folder with --data-dir.",
    "no_export": "{path} cannot be written ({reason}). The journal is as it was. Choose another new file.",
    "no_events_file": "The events file {path} cannot be written ({reason}). No bot was started. Choose another file.",
    "door_closed": "The running Strongroom does not answer ({reason}). Nothing was changed. Try again in a moment.",
    "bad_call": "The running Strongroom does not understand this call ({reason}). Nothing was changed. Use the same "
    "version for both.",
    "store_problem": "{what} {effect} {next_step}",
    "unexpected": "Something unexpected happened ({error}). Look at the log.",
    "not_affordable": "{bot} needs up to {needed} {quote}, and {uncommitted} {quote} are free of other bots' plans on "
    "{account}. It was not started. Choose smaller orders or add funds.",
    # Real exchanges
    "why_held_late_fill": "Held: a trade of {amount} came on {pair} for an order that was believed never to"
    " have arrived. The coins are in your account, and the deal does not know of "
    "them. Look at the exchange, then start the bot again.",
    "order_not_wanted": "not sent: it was not wanted any more",
    "wait_connection": "Waits: {account} is being connected again ({reason}). Nothing is sent before all is compared.",
    "wait_halted": "Waits: {pair} is halted by the exchange. Orders wait, cancels go on.",
    "coins_missing": "Coins missing: {amount} {base} should be sold, and the account holds {there}. "
    "Nothing is sent until the balance changes. Close the deal, or bring the coins "
    "back.",
    "coins_locked": "Coins locked: {amount} {base} should be sold, and {there} are free. Another "
    "order holds them. It is tried again when the balance changes.",
    "funds_missing": "Waits for funds: {there} {quote} are free. It is tried again when the balance changes.",
    "order_needs_you": "Still not known after ten minutes whether the {side} order of {amount} {pair} on"
    " {account} exists. It is not sent again. Look at the exchange's order page.",
    "trades_never_listed": "{account} said that {amount} {pair} filled and never listed the trades. They are"
    " counted at the order's price; compare the fee with the exchange.",
    "late_fill_taken": "A fill of {amount} {base} came for an order that was over. The deal has taken the coins in.",
    "overfilled": "The exchange filled {amount} {base} more on {pair} than was ordered. The deal "
    "counts what was filled.",
    "pair_halted": "{account}: {pair} is halted or gone. No orders are sent for it; open deals stay as they are.",
    "pair_resumed": "{account}: {pair} trades again.",
    "reconnecting": "connecting again",
    "computer_slept": "the computer slept",
    "key_never_given": "This account has no key yet. Its bots wait. Give it one.",
    "key_is_another": "Another key stands where this account's key was. It is not used. Give the "
    "account its key again.",
    "key_not_taken": "The exchange does not take this key ({reason}). Check that it was copied whole, "
    "that it is not deleted, and that your address is on its list.",
    "asked_and_refused": "The exchange refused the question ({reason}). Try again in a moment.",
    "exchange_unreachable": "Nothing was learnt about the key. {reason} Try again in a moment.",
    "key_opens_other_account": "This key opens another account at the exchange than before. Nothing new is "
    "opened. Give the account its own key.",
    "key_of_other_account": "This key opens another account at the exchange. The old key stays. Add another "
    "account for it.",
    "key_only_reads": "The key of {account} cannot trade. Nothing was allowed. Allow spot trading at "
    "the exchange, then check the account.",
    "key_needed": "{account} needs an API key. Nothing was added. Give one, or add a paper account, which needs none.",
    "key_reminder": "You wanted to be reminded: this key still works from every internet address.",
    "key_needs_password": "The keys of this exchange come with a passphrase. Nothing was kept. Give it, too.",
    "key_not_wanted": "{account} needs no key. Nothing was kept.",
    "key_already_here": "This key opens the account {account}, which is already here. Nothing was added.",
    "account_frozen_key": "{account} opens nothing new because of what its key may do. Exits and cancels go on.",
    "account_frozen_foreign": "Waits: something happened on {account} that no bot did. Nothing new is opened "
    "until you say that it was you.",
    "foreign_order_unmarked": "An order on {account} was not placed by Strongroom: {side} {amount} {pair}.",
    "foreign_trade_unmarked": "A trade on {account} was not Strongroom's: {amount} {pair}.",
    "foreign_balance": "{amount} {asset} left {account} and no bot moved them: {there} remain.",
    "key_lost_binding": "The key of {account} was bound to an internet address and is not any more.",
    "stray_cancelled": "An order on {account} that was over in the journal still rested there. It was cancelled: "
    "{side} {amount} {pair}.",
    "order_changed_outside": "An order was changed at the exchange: {side} {amount} {pair}. What it fills is counted.",
    "foreign_acknowledged": "You said that what happened on {account} was you. Its bots go on.",
    # Signals from outside
    "signal_taken": "Taken.",
    "signal_repeated": "This signal was acted on before.",
    "signal_wrong_secret": "Refused: the address or the secret is wrong.",
    "signal_needs_you": "The bot was stopped by PANIC or is held. Only you can start it again.",
    "signal_too_often": "More than {limit} signals in a minute.",
    "signal_bot_unreadable": "The bot's settings cannot be read by this version.",
    "signal_flood": "{count} more were refused meanwhile.",
    "signal_would_switch": "Would {action}. Nothing was done: this was a test.",
    "signal_would_nothing": "Would trade nothing now. Nothing was done: this was a test.",
    "signal_would_trade": "Would {side} {amount} of {pair}, about {value}. Nothing was sent: this was a test.",
    "signal_foreign_host": "Refused: the request was meant for another host.",
    "signal_from_browser": "Refused: a web page sent this, not an alert.",
    "signal_not_posted": "Only POST is understood here.",
    "signal_wrong_type": "Only JSON or plain text is understood here.",
    "signal_no_http": "What came is no request that can be understood.",
    "signal_too_slow": "The message did not come in time.",
    "signal_busy": "Too many requests at once.",
    "hook_port_in_use": "Another program uses port {port}. Choose another port, or close that program.",
    "hook_blocked": "The system does not let this program listen on port {port}: {reason}.",
    "mail_no_password": "The mailbox has no password yet.",
    "mail_refused": "The mail server refused: {reason}",
    "mail_unreachable": "The mail server {host} does not answer: {reason}.",
    "mail_no_idle": "The mail server cannot tell of new mail at once; it is asked every {seconds} s.",
    "mail_other_sender": "A mail from {sender}, who may not send signals.",
    "mail_not_genuine": "The mail server does not say that this mail is really from {sender}.",
    "mail_unreadable": "The mail cannot be read, or has no message in it.",
    "mail_too_large": "The mail is longer than {limit} bytes.",
}
