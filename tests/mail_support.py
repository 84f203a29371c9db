"""What mail programs make of the HTML and CSS that our templates use.

Facts as published at caniemail.com (data of 2019 to 2024), restated on 2026-03-09 for the programs that
most people read mail in: y works, a works in part, n is ignored. What is not `y` everywhere must have
a fallback: how it looks where the feature is missing.
"""

from __future__ import annotations

CLIENTS = ("gmail", "outlook-windows", "outlook-new", "apple-mail", "thunderbird", "yahoo")

# Feature: (support in the order of CLIENTS, fallback).
CSS = {
    "background-color": ("yyyyyy", ""),
    "border-bottom": ("yyyyyy", ""),
    "border-collapse": ("yyyyyy", ""),
    "border-left": ("yyyyyy", ""),
    "border-left-color": ("yyyyyy", ""),
    "border-top": ("yyyyyy", ""),
    "color": ("yyyyyy", ""),
    "font-family": ("yyyyyy", ""),
    "font-size": ("yyyyyy", ""),
    "font-weight": ("yyyyyy", ""),
    "letter-spacing": ("yayyyy", "only large negative values differ; ours is 1px"),
    "line-height": ("yayyyy", "without a unit, as ours, it is right in Outlook too"),
    "margin": (
        "aaayyy",
        "`auto` is missing in Outlook: the cell around is align=center; none is negative",
    ),
    "margin-top": ("aaayyy", "none is negative"),
    "max-width": ("ynyyyy", "Outlook fills the window; lines are longer, nothing is cut"),
    "padding": ("yayyyy", "in Outlook on cells only: notes and tags stand closer"),
    "padding-top": ("yayyyy", "in Outlook on cells only: a heading stands closer to its line"),
    "text-align": ("yyyyyy", ""),
    "text-decoration": ("yyyyyy", ""),
    "text-transform": ("yyyyyy", ""),
    "vertical-align": ("yyyyyy", ""),
    "width": ("yyyyyy", ""),
}
AT_RULES = {
    "prefers-color-scheme": (
        "nnnyyn",
        "the light colours, which programs that darken mails can invert",
    ),
    "max-width": ("anyyyy", "the margins of the wide form, which fits 320 px too"),
}
ELEMENTS = frozenset(
    "html head meta title style body table tbody tr td h1 h2 h3 p a b span br".split()  # noqa: SIM905 - a list of words
)
ATTRIBUTES = {
    "align": "yyyyyy",
    "charset": "yyyyyy",
    "class": "yyyyyy",
    "content": "yyyyyy",
    "dir": "yyyyyy",
    "href": "yyyyyy",
    "lang": "yyyyyy",
    "name": "yyyyyy",
    "role": "yyyyyy",
    "style": "yyyyyy",
}
