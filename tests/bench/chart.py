"""A chart for the documentation: a cost by size, sizes on a logarithmic axis, as SVG."""

from __future__ import annotations

from html import escape
from math import ceil, log10
from typing import NamedTuple

WIDTH, HEIGHT = 720, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 96, 48, 40
COLOURS = ("#1f6f8b", "#b5542d", "#4c7a34", "#6b4c8a")


class Line(NamedTuple):
    """A name and its (size, cost) points, sizes ascending."""

    name: str
    points: tuple[tuple[float, float], ...]


def chart(title: str, lines: list[Line]) -> str:
    """Return the chart; costs begin at 0, so that what is flat looks flat."""
    sizes = sorted({size for line in lines for size, _ in line.points})
    top = _round_up(max(cost for line in lines for _, cost in line.points))
    low, high = log10(sizes[0]), log10(sizes[-1])

    def x(size: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (log10(size) - low) / ((high - low) or 1.0)

    def y(cost: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * cost / top

    drawn = [f'<text x="{LEFT}" y="24" font-size="15">{escape(title)}</text>']
    for fifth in range(6):
        cost = top * fifth / 5
        drawn.append(
            f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(cost):.1f}" y2="{y(cost):.1f}" stroke="#ccc"/>'
            f'<text x="{LEFT - 8}" y="{y(cost) + 4:.1f}" text-anchor="end">{cost:g}</text>'
        )
    drawn += [
        f'<text x="{x(size):.1f}" y="{HEIGHT - 16}" text-anchor="middle">{size:,.0f}</text>'
        for size in sizes
    ]
    for line, colour in zip(lines, COLOURS, strict=False):
        path = " ".join(f"{x(size):.1f},{y(cost):.1f}" for size, cost in line.points)
        size, cost = line.points[-1]
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        drawn += [
            f'<circle cx="{x(at):.1f}" cy="{y(each):.1f}" r="3.5" fill="{colour}">'
            f"<title>{at:,.0f}: {each:.2f}</title></circle>"
            for at, each in line.points
        ]
        drawn.append(
            f'<text x="{x(size) + 10:.1f}" y="{y(cost) + 4:.1f}" fill="{colour}">{escape(line.name)}</text>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12" fill="#333">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n' + "\n".join(drawn) + "\n</svg>\n"
    )


def _round_up(cost: float) -> float:
    """The next 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** (ceil(log10(cost)) - 1)
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= cost)
