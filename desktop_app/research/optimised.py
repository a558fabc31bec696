"""What an optimisation found, as the JSON document that programs read."""

import json
from decimal import Decimal
from math import isfinite

from desktop_app.core.columns import exact
from desktop_app.research.assumptions import Assumptions
from desktop_app.research.deflated_sharpe import DeflatedSharpe
from desktop_app.research.document import Json, exact_text, value_of
from desktop_app.research.goals import Limits, shown_score
from desktop_app.research.resampling import Resampled, Spread
from desktop_app.research.robustness import Robustness
from desktop_app.research.search import Found, Trial
from desktop_app.research.space import Point, Value
from desktop_app.research.walk_forward import Fold, WalkForward


def to_json(
    found: Found,
    walked: WalkForward | None = None,
    said: Robustness | None = None,
    taken: Assumptions | None = None,
) -> str:
    """The document of contract.md on one line; `best` is the table's first row. `robustness` is of the best, and so
    are the assumptions."""
    rows = [_row(found, place) for place in range(len(found.trials))]
    document: Json = {
        "trials": len(found.trials) + found.refused,
        "refused": found.refused,
        "seconds": found.seconds,
        "engine": found.engine,
        "ending": found.ending,
        "objectives": list(found.search.objectives),
        "constraints": _constraints(found.search.limits),
        "best": {name: rows[0][name] for name in ("parameters", "summary", "out_of_sample", "scores", "broken")},
        "pareto": [row["parameters"] for row in rows[: found.front]] if len(found.search.objectives) > 1 else None,
        "walk_forward": None if walked is None else _walked(walked),
        "robustness": None if said is None else _robustness(said),
        "deflated_sharpe": None if said is None or said.deflated is None else _deflated(said.deflated),
        "assumptions": None if taken is None else value_of(taken),
        "table": list(rows),
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def text_of(value: Value) -> str:
    """A value of a setting as a bot file has it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return exact_text(value) if isinstance(value, Decimal) else value


def _row(found: Found, place: int) -> dict[str, Json]:
    trial = found.trials[place]
    return {
        "parameters": _parameters(trial.point),
        "summary": value_of(trial.summary),
        "out_of_sample": None if trial.unseen is None else value_of(trial.unseen),
        "scores": _scores(found, trial),
        "broken": list(trial.broken),
    }


def _parameters(point: Point) -> dict[str, Json]:
    return {name: text_of(value) for name, value in point.values}


def _scores(found: Found, trial: Trial) -> dict[str, Json]:
    pairs = zip(found.search.objectives, trial.scores, strict=True)
    return {name: _number(shown_score(score, name)) for name, score in pairs}


def _constraints(limits: Limits) -> dict[str, Json]:
    return {
        "max_funds": value_of(limits.max_funds),
        "max_drawdown": value_of(limits.max_drawdown),
        "min_deals": limits.min_deals,
    }


def _number(value: float | None) -> Json:
    """Digits as they are; what has none is null."""
    return None if value is None or not isfinite(value) else exact_text(exact(value))


def _walked(walked: WalkForward) -> Json:
    return {
        "rolling": walked.is_rolling,
        "ending": walked.ending,
        "profit_quote": _number(walked.profit),
        "efficiency": _number(walked.efficiency),
        "winning_folds": walked.winning,
        "folds": [_fold(fold) for fold in walked.folds],
    }


def _fold(fold: Fold) -> Json:
    chosen = fold.chosen
    return {
        "learnt": {"from": fold.learnt[0], "to": fold.learnt[1]},
        "judged": {"from": fold.judged[0], "to": fold.judged[1]},
        "parameters": None if chosen is None else _parameters(chosen.point),
        "in_sample": None if chosen is None else value_of(chosen.summary),
        "out_of_sample": None if chosen is None or chosen.unseen is None else value_of(chosen.unseen),
    }


def _robustness(said: Robustness) -> Json:
    field = said.neighbourhood
    return {
        "deals": said.deals,
        "few_deals": said.are_deals_few,
        "neighbours": {
            "within_10_percent": _number(field.share),
            "plateau": field.is_plateau,
            "scores": [
                {"setting": one.setting, "parameters": _parameters(one.point), "score": _number(one.score)}
                for one in field.neighbours
            ],
        },
        "deal_order": None if said.resampled is None else _resampled(said.resampled),
        "costs": [
            {
                "times": value_of(cost.times),
                "maker_fee_percent": value_of(cost.maker_fee_percent),
                "taker_fee_percent": value_of(cost.taker_fee_percent),
                "slippage_percent": value_of(cost.slippage_percent),
                "summary": None if cost.summary is None else value_of(cost.summary),
            }
            for cost in said.costs
        ],
    }


def _resampled(found: Resampled) -> Json:
    return {
        "runs": found.runs,
        "own_drawdown_percent": _number(found.own_drawdown),
        "shuffled_drawdown_percent": _spread(found.shuffled_drawdown),
        "drawn_drawdown_percent": _spread(found.drawn_drawdown),
        "drawn_profit_quote": _spread(found.drawn_profit),
        "losing_share": _number(found.losing_share),
        "losing_deals": found.losing_deals,
    }


def _spread(spread: Spread) -> Json:
    return {"p5": _number(spread.low), "p50": _number(spread.middle), "p95": _number(spread.high)}


def _deflated(found: DeflatedSharpe) -> Json:
    return {
        "probability": _number(found.probability),
        "sharpe_per_day": _number(found.sharpe),
        "by_luck_per_day": _number(found.by_luck),
        "trials": found.trials,
        "days": found.days,
        "skewness": _number(found.skewness),
        "kurtosis": _number(found.kurtosis),
    }
