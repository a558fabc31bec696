"""The commands about signals: alerts from outside, and the ways on which they come."""

from desktop_app.cli.commands import Commands


def add_signal(verbs: Commands) -> None:
    examples = (
        "  strongroom signal send TV buy\n"
        "  strongroom signal send TV enter_long --pair BTC/USDT --volume 50\n"
        "  strongroom signal send TV sell --position flat --size 0 --from-position long --from-size 1\n"
        "  strongroom signal send TV --message - < alert.json\n"
    )
    send = verbs.leaf("send", "do what an alert with this action would do", examples)
    send.add_argument("bot", metavar="BOT")
    send.add_argument("action", nargs="?", metavar="ACTION", help="buy, sell, enter_long, exit_long, close_all, …")
    send.add_argument("--pair", metavar="S", help="needed by bots of several pairs")
    send.add_argument("--volume", metavar="V", help="a size, where the bot takes sizes from signals")
    send.add_argument("--unit", choices=("quote", "base", "percent", "position"), default="quote", help="of the size")
    send.add_argument("--position", choices=("long", "short", "flat"), help="where the strategy stands now")
    send.add_argument("--size", metavar="N", help="how large its position is now")
    send.add_argument("--from-position", dest="before", choices=("long", "short", "flat"), help="where it stood before")
    send.add_argument("--from-size", dest="size_before", metavar="N", help="how large its position was")
    send.add_argument("--message", metavar="-", help="read the whole message as JSON from stdin")
    send.add_argument("--test", action="store_true", help="only say what the bot would do")
    listing = verbs.leaf("list", "list what came from outside, and what became of it")
    listing.add_argument("--bot", metavar="BOT", help="only this bot's")
    listing.add_argument("--limit", metavar="N", default="50", help="how many; default 50")
    address = "say where a bot's alerts come in, and the message to paste into them"
    verbs.leaf("address", address).add_argument("bot", metavar="BOT")
    rotate = verbs.leaf("rotate", "give a bot a new secret; the old one ends at once")
    rotate.add_argument("bot", metavar="BOT")
    rotate.add_argument("--session", action="store_true", help="until Strongroom ends, for want of a safe keyring")
    listen = verbs.leaf("listen", "receive alerts on this computer: say how it stands, switch it on or off")
    listen.add_argument("switch", nargs="?", choices=("on", "off"))
    listen.add_argument("--port", metavar="N", help="default 8787; always on 127.0.0.1")
    listen.add_argument("--public-url", metavar="URL", help="what your own tunnel to that port is called outside")
    example = (
        "  strongroom signal mail on --host imap.example.net --user me@example.net \\\n"
        "      --from noreply@tradingview.com --checked-by mx.example.net --password\n"
    )
    mail = verbs.leaf("mail", "read alerts from your mailbox: say how it stands, switch it on or off", example)
    mail.add_argument("switch", nargs="?", choices=("on", "off"))
    mail.add_argument("--host", metavar="NAME", help="the IMAP server; only TLS")
    mail.add_argument("--port", metavar="N", help="default 993")
    mail.add_argument("--user", metavar="NAME")
    mail.add_argument("--folder", metavar="NAME", help="default INBOX; it is only read")
    mail.add_argument("--from", dest="senders", action="append", metavar="ADDRESS", help="who may send signals")
    mail.add_argument("--checked-by", metavar="NAME", help="whose Authentication-Results count: your mail server")
    mail.add_argument("--no-check", action="store_true", help="believe the sender's address without proof")
    mail.add_argument("--password", action="store_true", help="ask for the password, without showing it")
    mail.add_argument("--password-stdin", action="store_true", help="take the password from stdin")
