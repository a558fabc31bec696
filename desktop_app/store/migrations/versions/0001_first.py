"""The first form of the database."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# As it was: what schema.py says today is another matter.
STATEMENTS = (
    """CREATE TABLE meta (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID""",
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
    """CREATE UNIQUE INDEX account_name ON account (name) WHERE removed_at IS NULL""",
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
    """CREATE UNIQUE INDEX bot_name ON bot (name) WHERE removed_at IS NULL""",
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
    """CREATE INDEX deal_running ON deal (bot_id, number) WHERE is_over = 0""",
    """CREATE INDEX deal_opened ON deal (opened_at)""",
    """CREATE TABLE orders (
    client_id TEXT NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    bot_id INTEGER NOT NULL REFERENCES bot (bot_id),
    deal INTEGER NOT NULL,
    symbol TEXT NOT NULL,
    role TEXT NOT NULL,
    place INTEGER NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('buy', 'sell')),
    type TEXT NOT NULL,
    amount TEXT NOT NULL CHECK (amount NOT GLOB '*[^0-9.E+-]*' AND length(amount) BETWEEN 1 AND 80),
    price TEXT CHECK (price NOT GLOB '*[^0-9.E+-]*' AND length(price) BETWEEN 1 AND 80),
    trigger_price TEXT CHECK (trigger_price NOT GLOB '*[^0-9.E+-]*' AND length(trigger_price) BETWEEN 1 AND 80),
    status TEXT NOT NULL,
    exchange_id TEXT NOT NULL,
    filled TEXT NOT NULL CHECK (filled NOT GLOB '*[^0-9.E+-]*' AND length(filled) BETWEEN 1 AND 80),
    cost TEXT NOT NULL CHECK (cost NOT GLOB '*[^0-9.E+-]*' AND length(cost) BETWEEN 1 AND 80),
    fee TEXT NOT NULL CHECK (fee NOT GLOB '*[^0-9.E+-]*' AND length(fee) BETWEEN 1 AND 80),
    coin_fee TEXT NOT NULL CHECK (coin_fee NOT GLOB '*[^0-9.E+-]*' AND length(coin_fee) BETWEEN 1 AND 80),
    placed_at INTEGER NOT NULL,
    filled_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    is_live INTEGER NOT NULL CHECK (is_live IN (0, 1)),
    seq INTEGER NOT NULL,
    sent_at INTEGER NOT NULL DEFAULT 0,
    unknown_since INTEGER NOT NULL DEFAULT 0
) STRICT""",
    """CREATE INDEX orders_live ON orders (account_id) WHERE is_live = 1""",
    """CREATE INDEX orders_deal ON orders (bot_id, deal)""",
    """CREATE TABLE fill (
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    symbol TEXT NOT NULL,
    trade_id TEXT NOT NULL,
    bot_id INTEGER NOT NULL REFERENCES bot (bot_id),
    deal INTEGER NOT NULL,
    client_id TEXT NOT NULL REFERENCES orders (client_id),
    price TEXT NOT NULL CHECK (price NOT GLOB '*[^0-9.E+-]*' AND length(price) BETWEEN 1 AND 80),
    amount TEXT NOT NULL CHECK (amount NOT GLOB '*[^0-9.E+-]*' AND length(amount) BETWEEN 1 AND 80),
    fee TEXT NOT NULL CHECK (fee NOT GLOB '*[^0-9.E+-]*' AND length(fee) BETWEEN 1 AND 80),
    coin_fee TEXT NOT NULL CHECK (coin_fee NOT GLOB '*[^0-9.E+-]*' AND length(coin_fee) BETWEEN 1 AND 80),
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (account_id, symbol, trade_id)
) STRICT""",
    """CREATE INDEX fill_deal ON fill (bot_id, deal)""",
    """CREATE TABLE timeline (
    line INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    bot_id INTEGER NOT NULL REFERENCES bot (bot_id),
    deal INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('note', 'problem')),
    said_json TEXT NOT NULL
) STRICT""",
    """CREATE INDEX timeline_deal ON timeline (bot_id, deal)""",
    """CREATE TABLE trade_cursor (
    account_id INTEGER NOT NULL REFERENCES account (account_id),
    symbol TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account_id, symbol)
) STRICT, WITHOUT ROWID""",
    """CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'the decision table is append-only'); END""",
    """CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'the decision table is append-only'); END""",
    """CREATE TRIGGER fill_no_update BEFORE UPDATE ON fill
BEGIN SELECT RAISE(ABORT, 'the fill table is append-only'); END""",
    """CREATE TRIGGER fill_no_delete BEFORE DELETE ON fill
BEGIN SELECT RAISE(ABORT, 'the fill table is append-only'); END""",
    """CREATE TRIGGER orders_final BEFORE UPDATE OF status ON orders
WHEN OLD.status <> NEW.status AND OLD.status IN ('filled', 'canceled', 'rejected')
 AND NOT (OLD.status = 'canceled' AND NEW.status = 'filled')
BEGIN SELECT RAISE(ABORT, 'an order that is final was changed, or its id used twice'); END""",
    """CREATE TRIGGER orders_owner BEFORE UPDATE OF client_id, account_id, bot_id, deal ON orders
WHEN OLD.bot_id <> NEW.bot_id OR OLD.deal <> NEW.deal OR OLD.account_id <> NEW.account_id
  OR OLD.client_id <> NEW.client_id
BEGIN SELECT RAISE(ABORT, 'an order id was used twice'); END""",
    """CREATE TRIGGER orders_no_delete BEFORE DELETE ON orders
BEGIN SELECT RAISE(ABORT, 'orders are never deleted'); END""",
    """INSERT INTO chain VALUES (1, 0, '')""",
)


def upgrade() -> None:
    """Forward only: the way back is the copy that was made before."""
    for statement in STATEMENTS:
        op.execute(statement)
