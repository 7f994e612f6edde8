"""The paper's two ways of reading a line put together: what both find likely is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .grammar import Grammar
from .grammar.values import Values
from .graph import Answers, Path
from .sliding.line import Along

TEXTS = 5  # of each way, that the other is asked about
NEVER = -25.0  # log probability: what one way finds impossible the other may still carry
WEIGHTS = {"both": 0.3, "sliding": 1.0}  # of what sliding along the line says; the cuts have the rest


def together(answers: Answers, along: Along, weight: float, grammar: Grammar | None, n: int) -> list[Path]:
    """Return up to ``n`` answers, the likeliest by both ways first, with their probabilities by both.

    The log probabilities of a text by either way are added, weighed; those of the texts that either way finds likely
    are taken for all there are.

    Args:
        answers: of the line's graph within the grammar.
        along: what the network says that was slid along the line.
        weight: of what it says, 0 to 1; the cuts have the rest.
        grammar: what an answer may be; None: anything.
        n: how many answers.
    """
    paths = {path.text: path for path in answers.best(TEXTS)}
    others = [found.text for found in along.likeliest(TEXTS, grammar) if found.text and found.text not in paths]
    if others:
        only = Answers(answers.graph, Values(others))
        for path in only.best(len(others)):
            paths[path.text] = replace(path, probability=path.probability * only.share)
    if not paths:
        return []
    texts = list(paths)
    cut = np.log(np.maximum([paths[text].probability for text in texts], 1e-300))
    slid = along.log_probabilities(texts)
    scores = (1 - weight) * np.maximum(cut, NEVER) + weight * np.maximum(slid, NEVER)
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    order = np.argsort(-chances, kind="stable")[:n]
    return [replace(paths[texts[i]], probability=float(chances[i])) for i in order]
