"""A recipe in a notebook."""

from __future__ import annotations

from .. import html
from .recipe import Recipe
from .words import describe


def document(recipe: Recipe) -> str:
    """Return the recipe as a document of its own."""
    return html.page(html.heading("Recipe", f"seed {recipe.seed}"), html.facts(describe(recipe)))
