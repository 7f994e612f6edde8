"""How far an answer is from a label: insertions, deletions and substitutions of characters (Levenshtein)."""

from __future__ import annotations


def _costs(answer: str, label: str) -> list[list[int]]:
    """Return the least edits from the first i characters of the answer to the first j of the label, [i][j]."""
    costs = [list(range(len(label) + 1))]
    for i, found in enumerate(answer, 1):
        row = [i]
        for j, right in enumerate(label, 1):
            row.append(min(costs[-1][j] + 1, row[-1] + 1, costs[-1][j - 1] + (found != right)))
        costs.append(row)
    return costs


def edits(answer: str, label: str) -> int:
    """Return the fewest insertions, deletions and substitutions that turn the answer into the label."""
    return _costs(answer, label)[-1][-1]


def matches(answer: str, label: str) -> list[bool]:
    """Return for each character of the answer whether it stands for itself in the label, by the fewest edits."""
    costs = _costs(answer, label)
    right = [False] * len(answer)
    i, j = len(answer), len(label)
    while i and j:
        if costs[i][j] == costs[i - 1][j - 1] + (answer[i - 1] != label[j - 1]):
            i, j = i - 1, j - 1
            right[i] = answer[i] == label[j]
        elif costs[i][j] == costs[i - 1][j] + 1:
            i -= 1
        else:
            j -= 1
    return right
