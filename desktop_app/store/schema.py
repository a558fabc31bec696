"""The present form of the database, as new ones are created; migrations/ brings older ones to it.

Every index is one more page in every commit: there is none that only the audit would use.
"""

VERSION = 3  # PRAGMA user_version: the number of the last migration
APPLICATION_ID = 0x5354_5247  # "STRG"

_DECIMAL = "CHECK ({0} NOT GLOB '*[^0-9.E+-]*' AND length({0}) BETWEEN 1 AND 80)"


def _decimal(name: str) -> str:
    return f"{name} TEXT NOT NULL {_DECIMAL.format(name)}"


TABLES = (
    "CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE account (
    account_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    exchange TEXT NOT NULL,
    is_paper INTEGER NOT NULL CHECK (is_paper IN (0, 1)),
    config_json TEXT NOT NULL,
    limits_json TEXT NOT NULL,
    may_trade INTEGER NOT NULL CHECK (may_trade IN (0, 1)),
    created_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT""",
    "CREATE UNIQUE INDEX account_name ON account (name) WHERE removed_at IS NULL",
    """CREATE TABLE bot (
    bot_id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    settings_json TEXT NOT NULL,
    version INTEGER NOT NULL,
    is_wanted INTEGER NOT NULL CHECK (is_wanted IN (0, 1)),
    status TEXT NOT NULL CHECK (status IN ('stopped', 'running', 'paused', 'held')),
    reason_json TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT""",
    "CREATE UNIQUE INDEX bot_name ON bot (name) WHERE removed_at IS NULL",
    """CREATE TABLE bot_state (
    bot_id INTEGER NOT NULL PRIMARY KEY REFERENCES bot (bot_id),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    state_json TEXT NOT NULL
) STRICT""",
    """CREATE TABLE decision (
    seq INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    bot_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    event_json TEXT NOT NULL,
    commands_json TEXT NOT NULL,
    changes_json TEXT NOT NULL,
    hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT""",
    """CREATE TABLE chain (
    only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    seq INTEGER NOT NULL,
    hash TEXT NOT NULL
) STRICT""",
    """CREATE TABLE deal (
    bot_id INTEGER NOT NULL REFERENCES bot (bot_id),
    number INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    symbol TEXT NOT NULL,
    status TEXT NOT NULL,
    is_over INTEGER NOT NULL CHECK (is_over IN (0, 1)),
    opened_at INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    deal_json TEXT NOT NULL,
    PRIMARY KEY (bot_id, number)
) STRICT""",
    "CREATE INDEX deal_running ON deal (bot_id, number) WHERE is_over = 0",
    "CREATE INDEX deal_opened ON deal (opened_at)",
    f"""CREATE TABLE orders (
    client_id TEXT NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    bot_id INTEGER NOT NULL REFERENCES bot (bot_id),
    deal INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    role TEXT NOT NULL,
    place INTEGER NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    type TEXT NOT NULL,
    {_decimal("amount")},
    price TEXT {_DECIMAL.format("price")},
    trigger_price TEXT {_DECIMAL.format("trigger_price")},
    status TEXT NOT NULL,
    exchange_id TEXT NOT NULL,
    {_decimal("filled")},
    {_decimal("cost")},
    {_decimal("fee")},
    {_decimal("coin_fee")},
    placed_at INTEGER NOT NULL,
    filled_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    is_live INTEGER NOT NULL CHECK (is_live IN (0, 1)),
    seq INTEGER NOT NULL,
    sent_at INTEGER NOT NULL DEFAULT 0,
    unknown_since INTEGER NOT NULL DEFAULT 0
) STRICT""",
    "CREATE INDEX orders_live ON orders (account_id) WHERE is_live = 1",
    "CREATE INDEX orders_deal ON orders (bot_id, deal)",
    f"""CREATE TABLE fill (
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    symbol TEXT NOT NULL,
    trade_id TEXT NOT NULL,
    bot_id INTEGER NOT NULL REFERENCES bot (bot_id),
    deal INTEGER NOT NULL,
    client_id TEXT NOT NULL REFERENCES orders (client_id),
    {_decimal("price")},
    {_decimal("amount")},
    {_decimal("fee")},
    {_decimal("coin_fee")},
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (account_id, symbol, trade_id)
) STRICT""",
    "CREATE INDEX fill_deal ON fill (bot_id, deal)",
    """CREATE TABLE timeline (
    line INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    bot_id INTEGER NOT NULL REFERENCES bot (bot_id),
    deal INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('note', 'problem')),
    said_json TEXT NOT NULL
) STRICT""",
    "CREATE INDEX timeline_deal ON timeline (bot_id, deal)",
    """CREATE TABLE trade_cursor (
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    symbol TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account_id, symbol)
) STRICT, WITHOUT ROWID""",
    # What came from outside and what became of it. The key of one that was acted on is there once, for ever.
    """CREATE TABLE signal (
    line INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    bot_id INTEGER NOT NULL,
    way TEXT NOT NULL,
    sender TEXT NOT NULL,
    signal_key TEXT,
    status INTEGER NOT NULL,
    said_json TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT""",
    "CREATE UNIQUE INDEX signal_once ON signal (signal_key) WHERE signal_key IS NOT NULL",
)


def _append_only(table: str) -> tuple[str, ...]:
    return tuple(
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}\n"
        f"BEGIN SELECT RAISE(ABORT, 'the {table} table is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    )


TRIGGERS = (
    *_append_only("decision"),
    *_append_only("fill"),
    # The same rule as core.order: what is final stays final, except that a fill can overtake a cancel, and can show
    # that an order arrived after all.
    """CREATE TRIGGER orders_final BEFORE UPDATE OF status ON orders
WHEN OLD.status <> NEW.status AND OLD.status IN ('filled', 'canceled', 'rejected')
 AND NOT (OLD.status IN ('canceled', 'rejected') AND NEW.status = 'filled')
BEGIN SELECT RAISE(ABORT, 'an order that is final was changed, or its id used twice'); END""",
    """CREATE TRIGGER orders_owner BEFORE UPDATE OF client_id, account_id, bot_id, deal ON orders
WHEN OLD.bot_id <> NEW.bot_id OR OLD.deal <> NEW.deal OR OLD.account_id <> NEW.account_id
  OR OLD.client_id <> NEW.client_id
BEGIN SELECT RAISE(ABORT, 'an order id was used twice'); END""",
    """CREATE TRIGGER orders_no_delete BEFORE DELETE ON orders
BEGIN SELECT RAISE(ABORT, 'orders are never deleted'); END""",
)

# The table that alembic keeps: every database says twice, here and in PRAGMA user_version, which form it has.
_STAMP = (
    "CREATE TABLE alembic_version (version_num TEXT NOT NULL PRIMARY KEY) STRICT",
    f"INSERT INTO alembic_version (version_num) SELECT '{VERSION:04d}'",
)

CREATE = (*_STAMP, *TABLES, *TRIGGERS, "INSERT INTO chain VALUES (1, 0, '')")
