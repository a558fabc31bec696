"""Place tags beside their prices so that none covers another, moving each as little as possible."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wish:
    """Where a tag would like its centre to be; a heavy one stays put and the light ones make room."""

    y: float
    height: float
    weight: float = 1.0


def stacked(wishes: Sequence[Wish], top: float, bottom: float) -> list[float]:
    """Centres in the order given: no overlap, inside [top, bottom] while they fit, least squared movement."""
    if not wishes:
        return []
    order = sorted(range(len(wishes)), key=lambda i: wishes[i].y)
    offsets, offset = [], 0.0
    for i in order:
        offsets.append(offset + wishes[i].height / 2)
        offset += wishes[i].height
    total = offset
    # Without the heights above it, "no overlap" is "never decreasing": pool neighbours that violate it.
    pools: list[tuple[float, float, int]] = []  # mean, weight, members
    for place, i in enumerate(order):
        mean, weight, members = wishes[i].y - offsets[place], wishes[i].weight, 1
        while pools and pools[-1][0] > mean:
            before, before_weight, before_members = pools.pop()
            mean = (mean * weight + before * before_weight) / (weight + before_weight)
            weight, members = weight + before_weight, members + before_members
        pools.append((mean, weight, members))
    lowest = max(top, bottom - total)
    centres = [0.0] * len(wishes)
    place = 0
    for mean, _, members in pools:
        edge = min(max(mean, top), lowest)
        for _ in range(members):
            centres[order[place]] = edge + offsets[place]
            place += 1
    return centres


def kept(ranks: Sequence[float], heights: Sequence[float], room: float) -> list[int]:
    """Indices of the tags that fit into `room`, most important (lowest rank) first choice, in the order given."""
    chosen: list[int] = []
    for i in sorted(range(len(ranks)), key=lambda i: ranks[i]):
        if heights[i] > room:
            break
        room -= heights[i]
        chosen.append(i)
    return sorted(chosen)
