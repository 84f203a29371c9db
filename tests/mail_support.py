"""What mail programs make of the HTML and CSS that our templates use.

Facts as published at caniemail.com (its repository hteumeuleu/caniemail, a file a feature; the tests
there are of 2019-02 to 2024-02), restated for the programs that most people read mail in: y works,
a works in part, n is ignored. Compared with those files, one by one, on 2026-11-22: css-background-color,
css-border, css-border-collapse, css-display, css-font-size, css-font-weight, css-letter-spacing, css-line-height,
css-margin, css-max-width, css-padding, css-text-align, css-text-decoration, css-text-transform,
css-vertical-align, css-width, css-at-media and css-at-media-prefers-color-scheme. `color`, `font-family`
and the attributes have no file of their own there. Outlook (new) is what they call outlook-com.

What is not `y` everywhere must have a fallback: how it looks where the feature is missing.
"""

from __future__ import annotations

CLIENTS = ("gmail", "outlook-windows", "outlook-new", "apple-mail", "thunderbird", "yahoo")

_BORDER = "not above 8px in Outlook, and unsure on paragraphs: ours are 4px at most, beside spacing and headings"

# Feature: (support in the order of CLIENTS, fallback).
CSS = {
    "background-color": ("yyyyyy", ""),
    "border-bottom": ("yayyyy", _BORDER),
    "border-collapse": ("yyyyyy", ""),
    "border-left": ("yayyyy", _BORDER),
    "border-left-color": ("yayyyy", _BORDER),
    "border-top": ("yayyyy", _BORDER),
    "color": ("yyyyyy", ""),
    "display": (
        "aayyya",
        "only `none` is used, which all know; whoever did not would show a sentence of the text twice",
    ),
    "font-family": ("yyyyyy", ""),
    "font-size": ("yayyya", "only rem is missing there; ours are px"),
    "font-weight": ("yayyya", "only numbers between the hundreds differ; ours is bold"),
    "letter-spacing": ("yayyyy", "only large negative values differ; ours is 1px"),
    "line-height": ("yayyyy", "without a unit, as ours, it is right in Outlook too"),
    "margin": (
        "aaayyy",
        "`auto` is missing in Outlook: the cell around is align=center; none is negative",
    ),
    "margin-top": ("aaayyy", "none is negative"),
    "max-width": (
        "yayyyy",
        "before 2019 Outlook fills the window; lines are longer, nothing is cut",
    ),
    "padding": ("yayyyy", "in Outlook on cells only: notes and tags stand closer"),
    "padding-top": ("yayyyy", "in Outlook on cells only: a heading stands closer to its line"),
    "text-align": ("aayyya", "only start and end are missing; ours are left and right"),
    "text-decoration": ("aayyyy", "links stay underlined or not as the program likes"),
    "text-transform": ("yayyyy", "only lowercase is missing; ours is uppercase"),
    "vertical-align": ("yyyyyy", ""),
    "width": ("yayyyy", "in Outlook on tables only; ours stands on tables only"),
}
AT_RULES = {
    "prefers-color-scheme": (
        "nnyynn",
        "the light colours, which programs that darken mails can invert",
    ),
    "max-width": ("anayna", "the margins of the wide form, which fits 320 px too"),
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
