"""A model or an ensemble as a graph of ONNX."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ...engine.layout import Weights
from ...model import Ensemble, Model
from ...network import Network, Step
from . import answers, layers
from .graph import Graph

Add = Callable[[Graph, Step, Weights], None]  # adds a layer, as ``layers.add`` does

# The tensors that go in and come out.
PICTURE, INPUT, SCORES, PROBABILITIES, LABEL = "picture", "input", "scores", "probabilities", "label"


def members(model: Model | Ensemble) -> tuple[Model, ...]:
    """Return the members of an ensemble, or the model itself."""
    return model.members if isinstance(model, Ensemble) else (model,)


def build(model: Model | Ensemble, *, with_preparation: bool, add: Sequence[Add] = ()) -> Graph:
    """Return the graph of a model: ``input`` -> ``scores``; or ``picture`` -> ``label``, ``probabilities``, ``scores``.

    Args:
        model: the model.
        with_preparation: whether it reads uint8 pictures, and not what they are prepared to.
        add: what adds a layer, for each member; by default ``layers.add``, in float32.
    """
    models = members(model)
    graph = Graph(PICTURE if with_preparation else INPUT, model.network.input)
    if with_preparation:
        answers.prepare(graph, model.preparation)
    scores, probabilities = [], []
    for number, member in enumerate(models):
        prefix = f"member{number + 1}." if isinstance(model, Ensemble) else _prefix(model.network)
        graph.begin(INPUT, model.network.input, prefix)
        for step in model.network.steps:
            (add[number] if add else layers.add)(graph, step, member.weights)
        if not isinstance(model, Ensemble):
            graph.prefix = ""
        scores.append(answers.score(graph, model.network))
        if with_preparation:
            probabilities.append(answers.share(graph, member.loss))
    graph.prefix = ""
    if isinstance(model, Ensemble):
        _combine(graph, model, scores, probabilities)
    if with_preparation:
        answers.label(graph, SCORES)
    return graph


def _combine(graph: Graph, model: Ensemble, scores: list[str], probabilities: list[str]) -> None:
    """Add what the members of an ensemble answer together, as ``Ensemble`` says it."""
    if model.sure is None:
        graph.of("Sum", SCORES, scores)
        if probabilities:
            graph.of("Mean", PROBABILITIES, probabilities)
        return
    alone = answers.sure(graph, scores[0], model.sure)
    together = graph.of("Sum", "scores.all", scores)
    first = graph.of("Mul", "scores.first", [scores[0], graph.constant("scores.members", len(scores))])
    graph.of("Where", SCORES, [alone, first, together])
    if probabilities:
        together = graph.of("Mean", "probabilities.all", probabilities)
        graph.of("Where", PROBABILITIES, [alone, probabilities[0], together])


def _prefix(network: Network) -> str:
    """Return what the names of layers begin with: nothing, unless one is called as what goes in or comes out."""
    taken = {PICTURE, SCORES, PROBABILITIES, LABEL}
    return "network." if any(step.name in taken for step in network.steps) else ""
