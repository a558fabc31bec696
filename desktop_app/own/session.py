"""What a strategy's process does with each request: load the text, check settings, show candles, ask."""

import json
import sys
from collections.abc import Callable
from importlib.abc import InspectLoader
from importlib.util import module_from_spec, spec_from_loader
from types import CodeType, ModuleType
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from desktop_app.core.columns import Candles
from desktop_app.core.settings import read_number
from desktop_app.core.strategies import own
from desktop_app.core.strategies.own import Action, Answer, Facts, Options, Told, View

FILE_MARK = "<strategy "
_COLUMNS = ("open", "high", "low", "close", "volume")
_facts: TypeAdapter[Facts] = TypeAdapter(Facts)
_told: TypeAdapter[Told] = TypeAdapter(Told)
_answer: TypeAdapter[Answer] = TypeAdapter(Answer)
_action: TypeAdapter[tuple[Action, ...]] = TypeAdapter(tuple[Action, ...])


class _Text(InspectLoader):
    """Loads a strategy from the text that was agreed to, not from a file that may have changed since."""

    def __init__(self, name: str, text: str) -> None:
        self._name, self._text = name, text

    def get_source(self, fullname: str) -> str:  # noqa: ARG002
        return self._text

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return compile(self._text, f"{FILE_MARK}{self._name}>", "exec")


class BadStrategy(ValueError):
    """The file is Python, but no strategy."""


class Session:
    """One strategy. `candles` are the newest of each pair, as many as the bot's settings say."""

    def __init__(self) -> None:
        self._module: ModuleType | None = None
        self._settings: type[Options] = Options
        self._chosen: dict[str, Options] = {}
        self._candles: dict[str, Candles] = {}

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        match request["do"]:
            case "load":
                return self._load(request["name"], request["text"])
            case "options":
                return self._check(request["options"])
            case "ask":
                return self._ask(request)
            case other:
                raise BadStrategy(f"unknown request {other}")

    def _load(self, name: str, text: str) -> dict[str, Any]:
        """Run the text of the file once; what it says of itself."""
        sys.modules["strongroom"] = own
        spec = spec_from_loader("strategy", _Text(name, text))
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        sys.modules["strategy"] = module  # dataclasses and pydantic look their module up by name
        spec.loader.exec_module(module)  # with the user's consent
        settings = module.__dict__.get("Settings", Options)
        if not (isinstance(settings, type) and issubclass(settings, Options)):
            raise BadStrategy("Settings must be a class Settings(Options)")
        if not callable(module.__dict__.get("on_event")):
            raise BadStrategy("there is no function on_event(settings, state, event, view)")
        settings()  # each setting needs a default, so that a form has something to begin with
        self._module, self._settings = module, settings
        fields = [
            {"name": name, "title": field.title or name, "description": field.description or "",
             "default": _plain(field.get_default(call_default_factory=True)), "kind": _kind(field.annotation),
             "choices": _choices(field.annotation)}
            for name, field in settings.model_fields.items()
        ]  # fmt: skip
        return {"ok": {"title": _text(module, "TITLE"), "about": (module.__doc__ or "").strip(), "fields": fields}}

    def _check(self, options: dict[str, Any]) -> dict[str, Any]:
        """Whether these are settings of the strategy; each problem with its place."""
        try:
            self._settings.model_validate(options)
        except ValidationError as error:
            problems = [[".".join(map(str, one["loc"])), _reason(dict(one))] for one in error.errors(include_url=False)]
            return {"problems": problems}
        return {"ok": True}

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._module is not None
        facts = _facts.validate_python(request["facts"])
        told = _told.validate_python(request["told"])
        candles = self._take(facts.symbol, request["candles"], request["history"], anew=request["anew"])
        key = json.dumps(request["options"], sort_keys=True)
        if key not in self._chosen:
            self._chosen = {key: self._settings.model_validate(request["options"])}
        view = View(
            symbol=facts.symbol,
            at=told.at,
            price=read_number(request["price"]),
            candles=candles,
            coins=facts.coins,
            average=facts.average,
            invested=facts.invested,
            budget=facts.budget,
            stop=facts.stop,
            orders=facts.orders,
            is_paused=facts.is_paused,
        )
        state = json.loads(request["state"])
        returned = self._module.__dict__["on_event"](self._chosen[key], state, told, view)
        return {"ok": _answer.dump_python(_read(returned), mode="json")}

    def _take(self, symbol: str, rows: list[list[float]], history: int, *, anew: bool) -> Candles:
        """The window that the strategy sees: the last `history` candles, for the strategy to read only."""
        new = np.array(rows, dtype=np.float64).reshape(-1, 6)
        known = None if anew else self._candles.get(symbol)
        columns = {name: new[:, place] for place, name in enumerate(_COLUMNS, 1)}
        at = new[:, 0].astype(np.int64)
        if known is not None:
            at = np.concatenate((known.at, at))
            columns = {name: np.concatenate((getattr(known, name), column)) for name, column in columns.items()}
        made = Candles(at[-history:].copy(), **{name: column[-history:].copy() for name, column in columns.items()})
        for name in ("at", *_COLUMNS):
            getattr(made, name).flags.writeable = False
        self._candles[symbol] = made
        return made


def _read(returned: object) -> Answer:
    """(state, actions) of on_event, or None for `nothing changes`. Raises BadStrategy."""
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise BadStrategy("on_event must return (state, [actions])")
    state, actions = returned
    try:
        text = json.dumps(state, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BadStrategy(f"the state must be what JSON can hold: {error}") from None
    if not isinstance(actions, list | tuple):
        raise BadStrategy("the actions must be a list")
    known = own.Buy | own.Sell | own.Cancel | own.Targets | own.Stop | own.Say
    for action in actions:
        if not isinstance(action, known):
            raise BadStrategy(f"{str(action)[:60]!r} is no action; use buy, sell, cancel, targets, stop or say")
    return Answer(text, tuple(actions))


def _text(module: ModuleType, name: str) -> str:
    value = module.__dict__.get(name, "")
    return value.strip()[:80] if isinstance(value, str) else ""


def _plain(value: object) -> object:
    return value if isinstance(value, bool | int | str) else str(value)


def _kind(annotation: object) -> str:
    kinds: dict[object, str] = {bool: "flag", int: "whole", str: "text"}
    if _choices(annotation):
        return "choice"
    return kinds.get(annotation, "number")


def _choices(annotation: object) -> list[str]:
    from typing import Literal, get_args, get_origin

    return [str(one) for one in get_args(annotation)] if get_origin(annotation) is Literal else []


def _reason(error: dict[str, Any]) -> str:
    context: Callable[..., Any] = (error.get("ctx") or {}).get
    match error["type"]:
        case "extra_forbidden":
            return "is not one of the strategy's settings"
        case "value_error":
            return str(context("error"))
        case _:
            return str(error["msg"])[:1].lower() + str(error["msg"])[1:]
