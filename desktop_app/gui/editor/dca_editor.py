"""The document in which a DCA bot is made or changed: form, chart, table, funds and sentence, always of one picture."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, tzinfo
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop_app.engine.problem import Problem
from desktop_app.engine.views import BotView, FundsBar
from desktop_app.gui import fmt
from desktop_app.gui.dialogs import Question, asked
from desktop_app.gui.editor.bot_editor import TYPING_MS, Beside, BotEditor, rule
from desktop_app.gui.editor.draft import Draft, read_draft, split_pairs
from desktop_app.gui.editor.form import DcaForm, default_targets
from desktop_app.gui.editor.funds import FundsBox
from desktop_app.gui.editor.keeping import ask_reach, change_of
from desktop_app.gui.editor.ladder_table import LadderTable, rows_of
from desktop_app.gui.editor.lines import lines_of, moved, own_steps
from desktop_app.gui.editor.link import EngineLink
from desktop_app.gui.editor.pair_choice import PairRow, choice_of, choice_words, list_text, pair_rows
from desktop_app.gui.editor.pair_picker import PairPicker
from desktop_app.gui.editor.picture import Picture, cover_words, fall_words, make_picture
from desktop_app.gui.editor.preview_chart import PreviewChart
from desktop_app.gui.editor.sentences import money_sentence
from desktop_app.gui.editor.start_sheet import dca_start_sheet
from desktop_app.gui.editor.trials import Trials
from desktop_app.gui.i18n import tr
from desktop_app.gui.notices import plain_label
from desktop_app.gui.theme import Theme, current_theme

__all__ = ["TYPING_MS", "DcaEditor"]


class DcaBeside(Beside):
    """Chart, table of the ladder and funds bar."""

    def __init__(self, link: EngineLink, theme: Theme, zone: tzinfo, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chart = PreviewChart(link, theme, zone)
        self.table, self.funds_box = LadderTable(), FundsBox()
        self._note = plain_label()
        split = QSplitter(Qt.Orientation.Vertical)
        split.setHandleWidth(1)
        split.addWidget(self.chart)
        split.addWidget(self._table_part())
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setCollapsible(1, False)
        split.setSizes([10_000, 1])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(split, 1)
        column.addWidget(rule())
        column.addWidget(self.funds_box)
        self.chart.line_hovered.connect(self.table.highlight)
        self.table.row_hovered.connect(self.chart.highlight)

    def show_picture(self, picture: Any, funds: FundsBar | None, *, is_typed: bool) -> None:
        self.chart.show_lines(lines_of(picture))
        self.table.show_rows(rows_of(picture), is_flashing=is_typed)
        cover = picture.cover
        self.funds_box.show_funds(cover, funds, cover_words(cover) if cover is not None else "", fall_words(picture))

    def show_notes(self, picture: Any) -> None:
        market = picture.market
        if market is not None:
            words = tr("Volume is rounded up to steps of {step} {coin}. Total, average and net include {fee} fees.")
            step = fmt.amount(market.amount_step, market.amount_step)
            fee = fmt.percent(market.maker_fee * 100, sign=False)
            self._note.setText(words.format(step=step, coin=market.base, fee=fee))

    def set_stale(self, is_stale: bool) -> None:
        self.table.rows_model.set_stale(is_stale)

    def _table_part(self) -> QWidget:
        part = QWidget()
        column = QVBoxLayout(part)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        line = self.fontMetrics().height() + 6
        self.table.setMinimumHeight(line * 6 + 14)
        self._note.setProperty("role", "muted")
        self._note.setContentsMargins(12, 3, 12, 4)
        column.addWidget(self.table, 1)
        column.addWidget(self._note)
        return part


class DcaEditor(BotEditor):
    """What is particular to DCA: its form, its table, and moving the lines of a ladder."""

    picture: Picture
    form: DcaForm
    beside: DcaBeside

    def __init__(
        self,
        link: EngineLink,
        draft: Draft,
        *,
        bot: BotView | None = None,
        is_unsaved: bool = False,
        theme: Theme | None = None,
        zone: tzinfo = UTC,
        parent: QWidget | None = None,
    ) -> None:
        beside = DcaBeside(link, theme or current_theme(), zone)
        self.table, self.funds_box = beside.table, beside.funds_box
        self._listed = ("", "", "")
        self._volumes: dict[tuple[str, str], Mapping[str, Decimal]] = {}  # by account and currency, as asked for
        self.trials = Trials(link, beside.chart)
        super().__init__(link, draft, DcaForm(), beside, bot=bot, is_unsaved=is_unsaved, zone=zone, parent=parent)
        self.form.ladder_requested.connect(self._use_ladder)
        self.form.targets_requested.connect(self._use_targets)
        self.head.pairs_requested.connect(lambda: self.link.spawn(self._pick_pairs(), "choosing pairs"))

    @property
    def symbol(self) -> str:
        """The first pair named; under a rule the one that it puts first now."""
        return super().symbol or self._first_of_list()

    def new_title(self) -> str:
        return tr("New DCA bot — {pair}")

    def work_out(self) -> Picture:
        return make_picture(self.draft, self.situation())

    def sentence(self) -> str:
        return money_sentence(self.picture)

    def line_moved(self, key: str, price: Decimal) -> Draft | None:
        settings = self.picture.settings
        if settings is None or self.picture.price is None:
            return None
        return moved(self.picture, key, price, self.situation().sizing(settings, self.picture.price))

    def start_sheet(self) -> Question:
        return dca_start_sheet(self, self.picture, self.situation())

    async def ask_reach(self) -> bool | None:
        settings, market = self.picture.settings, self.picture.market
        if settings is None or market is None:
            return False
        views = await self.link.ask(self.link.wishes.deals(self.bot_id))
        change = change_of(views, settings, market)
        if not change.deals:
            return False
        return await ask_reach(self, change, market, is_live=self.situation().is_live)

    # --- inside

    def _show_draft(self) -> None:
        super()._show_draft()
        self.head.offer_lists()
        self.head.keep_mirror(self.draft.text("mirror"))
        text = self.draft.text("pair_list")
        self.head.show_pair_list(text, choice_words(choice_of((), text)))

    def recompute(self, *, is_typed: bool) -> None:
        super().recompute(is_typed=is_typed)
        self.trials.want(self.draft.text("account"), self.symbol, self.form.builders())

    def _first_of_list(self) -> str:
        """Looking through thousands of pairs is not for every tick: it is kept while the rule is the same."""
        account, text = self.draft.text("account"), self.draft.text("pair_list")
        if not text:
            return ""
        if self._listed[:2] != (account, text) or not self._listed[2]:
            choice = choice_of((), text)
            now = choice.now(self._pair_rows())
            if not now and (account, choice.quote) not in self._volumes and account in self.link.known.markets:
                self.link.spawn(self._fetch_volumes(choice.quote), "reading what pairs turn over")
            self._listed = (account, text, now[0] if now else "")
        return self._listed[2]

    def _pair_rows(self) -> tuple[PairRow, ...]:
        known, account = self.link.known, self.draft.text("account")
        ticks = {symbol: tick for (name, symbol), tick in known.prices.items() if name == account}
        volumes = {
            symbol: volume
            for (name, _), told in self._volumes.items()
            if name == account
            for symbol, volume in told.items()
        }
        return pair_rows(known.markets.get(account, {}), ticks, volumes)

    async def _fetch_volumes(self, quote: str, picker: PairPicker | None = None) -> None:
        account = self.draft.text("account")
        if quote and (account, quote) not in self._volumes:
            self._volumes[account, quote] = {}  # asked for once at a time
            try:
                self._volumes[account, quote] = await self.link.ask(self.link.wishes.volumes(account, quote))
            except Problem:
                del self._volumes[account, quote]  # the sheet shows what is not known as unknown
                return
        if isValid(self):
            self.surroundings_changed()
        if picker is not None and isValid(picker):
            picker.set_rows(self._pair_rows())

    async def _pick_pairs(self) -> None:
        """Choose pairs on a sheet; taking them is one step that can be undone."""
        picker = PairPicker(
            choice_of(split_pairs(self.draft.text("pairs")), self.draft.text("pair_list")), self._pair_rows()
        )
        sheet = Question(self, tr("Which pairs?"), (), body=picker)
        sheet.setMinimumWidth(picker.minimumWidth() + 40)
        sheet.add_safe(tr("Cancel"))
        button = sheet.add_answer("use", tr("Use these pairs"), is_default=True)
        picker.changed.connect(lambda: button.setEnabled(picker.is_usable))
        button.setEnabled(picker.is_usable)
        picker.quote_shown.connect(
            lambda quote: self.link.spawn(self._fetch_volumes(quote, picker), "reading what pairs turn over")
        )
        self.link.spawn(self._fetch_volumes(picker.choice.quote, picker), "reading what pairs turn over")
        if await asked(sheet) != "use":
            return
        choice = picker.choice
        pairs = ", ".join(choice.pairs) if choice.how == "listed" else ""
        self.set_draft(self.draft.with_text("pairs", pairs).with_text("pair_list", list_text(choice)))

    def _use_ladder(self, is_on: bool) -> None:
        if not is_on:
            self.set_draft(replace(self.draft, ladder=None))
            return
        settings = read_draft(self.draft).settings
        if settings is not None:
            self.set_draft(own_steps(self.draft, settings))
        else:
            self.set_draft(replace(self.draft, ladder=(("-1", self.draft.text("base_order.volume")),)))

    def _use_targets(self, is_on: bool) -> None:
        self.set_draft(replace(self.draft, targets=default_targets(self.draft) if is_on else None))
