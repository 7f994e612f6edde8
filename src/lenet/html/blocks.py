"""Headings, tables and folded parts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape

RULE = "rgba(128,128,128,.35)"
# Notebooks have styles of their own for tables; ours wins by naming the class twice.
STYLE = f"""
.lenet.lenet {{ font-family: system-ui, sans-serif; font-size: 13px; line-height: 1.45; margin: .3em 0; }}
.lenet.lenet table {{ border-collapse: collapse; border: 0; margin: .4em 0; font-size: inherit; color: inherit; }}
.lenet.lenet tr {{ background: none; border: 0; }}
.lenet.lenet th, .lenet.lenet td {{ border: 0; border-bottom: 1px solid {RULE}; padding: .15em .7em .15em 0;
  text-align: right; vertical-align: top; white-space: normal; max-width: 42em;
  font-variant-numeric: tabular-nums; color: inherit; background: none; }}
.lenet.lenet th {{ font-weight: 600; white-space: nowrap; }}
.lenet.lenet td:first-child {{ white-space: nowrap; }}
.lenet.lenet .w {{ text-align: left; }}
.lenet.lenet .sum td {{ border-top: 1px solid {RULE}; border-bottom: 0; font-weight: 600; }}
.lenet.lenet .soft {{ opacity: .7; font-weight: normal; }}
.lenet.lenet summary {{ cursor: pointer; margin: .3em 0; }}
"""


def page(*parts: str) -> str:
    """Return the whole of a document's parts, for ``_repr_html_``."""
    return f'<div class="lenet"><style>{STYLE}</style>{"".join(parts)}</div>'


def heading(name: str, *words: str) -> str:
    """Return a name, and after it in plain letters what it is."""
    return f'<div><strong>{escape(name)}</strong> <span class="soft">{escape(", ".join(words))}</span></div>'


def note(text: str) -> str:
    """Return a remark."""
    return f'<div class="soft">{escape(text)}</div>'


def table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], words: Collection[str] = (), *, total: bool = False
) -> str:
    """Return rows under heads, without columns that are empty throughout.

    Args:
        heads: the name of each column.
        rows: a text for each column of each row.
        words: heads of the columns that are aligned left; the others hold numbers and are aligned right.
        total: whether the last row is a sum.
    """
    cells = list(rows)
    filled = [place for place in range(len(heads)) if any(row[place] for row in cells)]
    heads, cells = [heads[place] for place in filled], [[row[place] for place in filled] for row in cells]
    classes = [' class="w"' if head in words else "" for head in heads]

    def line(tag: str, texts: Sequence[str]) -> str:
        pairs = zip(classes, texts, strict=True)
        return "".join(f"<{tag}{side}>{escape(cell)}</{tag}>" for side, cell in pairs)

    lines = [f"<tr>{line('td', row)}</tr>" for row in cells]
    if total:
        lines[-1] = lines[-1].replace("<tr>", '<tr class="sum">', 1)
    return f"<table><thead><tr>{line('th', heads)}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def facts(pairs: Mapping[str, str]) -> str:
    """Return names with what is said of each, one below the other."""
    rows = (
        f'<tr><th class="w">{escape(name)}</th><td class="w">{escape(text)}</td></tr>' for name, text in pairs.items()
    )
    return f"<table><tbody>{''.join(rows)}</tbody></table>"


def folded(title: str, *parts: str, opened: bool = False) -> str:
    """Return parts that a click on their title shows."""
    state = ' open="open"' if opened else ""
    return f"<details{state}><summary>{escape(title)}</summary>{''.join(parts)}</details>"
