"""A recipe, in words."""

from __future__ import annotations

from ..preparation import Preparation
from .distortion import Distortion
from .loss import Loss, LossKind
from .optimisers import SGD, Adam, DiagonalLM, Optimiser
from .recipe import Recipe
from .rows import Shuffle
from .schedules import Constant, Cosine, Inverse, OneCycle, Schedule, Table
from .start import Start
from .stopping import Patience

STARTS = {
    Start.PAPER: "the paper's: uniform in +-2.4/F, F a unit's fan-in",
    Start.GLOROT: "Glorot: uniform in +-sqrt(6/(F + G)), F and G a unit's fan-in and fan-out",
    Start.GLOROT_POOLED: "Glorot: uniform in +-sqrt(6/(F + G)), G shared by a pool's pixels, last layer 0",
    Start.FRAMEWORK: "a framework's default: uniform in +-1/sqrt(F), F a unit's fan-in",
    Start.FAN_IN: "uniform in +-sqrt(3/F), F a unit's fan-in",
}
LOSSES = {
    LossKind.CROSS_ENTROPY: "cross entropy",
    LossKind.DISTANCE: "distance to the right code (the paper's eq. 8)",
    LossKind.DISCRIMINATIVE: "discriminative (the paper's eq. 9)",
    LossKind.SQUARED: "squared",
}
ORDERS = {
    Shuffle.EACH_PASS: "each in a new random order",
    Shuffle.ONCE: "all in one random order",
    Shuffle.NEVER: "in the order of the data",
}


def describe(recipe: Recipe) -> dict[str, str]:
    """Return what a recipe does, a few words for each of its parts."""
    every = "digit" if recipe.batch == 1 else f"{recipe.batch} digits"
    lines = {
        "data": recipe.data + (f", the first {recipe.size:,} training digits" if recipe.size else ""),
        "pixels": pixels(recipe.preparation),
        "start": STARTS[recipe.start],
        "loss": _loss(recipe.loss),
        "optimiser": _optimiser(recipe.optimiser),
        "rate": _schedule(recipe.schedule),
        "passes": f"{recipe.passes}, {ORDERS[recipe.shuffle]}; an update every {every}",
    }
    if recipe.updates is not None:
        lines["passes"] += f"; at most {recipe.updates:,} updates"
    if recipe.validation is not None:
        share, rows = recipe.validation.share, recipe.validation.rows
        watched = f"{share:.3g} of the training rows" if rows is None else f"rows {rows[0]:,} to {rows[1] - 1:,}"
        lines["validation"] = watched + (", held out" if recipe.validation.held_out else ", trained on as well")
    if recipe.stopping is not None:
        lines["stopping"] = _patience(recipe.stopping)
    if recipe.distortion is not None:
        lines["distortions"] = _distortion(recipe.distortion)
    return lines


def pixels(preparation: Preparation) -> str:
    """Return what becomes of a picture's pixels."""
    border = f", {preparation.padding} pixels added on each side" if preparation.padding else ""
    return f"{preparation.low:g} for 0 to {preparation.high:g} for 255{border}"


def text(recipe: Recipe, base: Recipe | None = None) -> str:
    """Return ``describe`` as lines of text; those only that are not as in ``base``, where there is one."""
    lines, others = describe(recipe), {} if base is None else describe(base)
    lines = {name: lines.get(name, "none") for name in {**lines, **others} if lines.get(name) != others.get(name)}
    wide = max(map(len, lines))
    return "\n".join(f"  {name:<{wide}}  {words}" for name, words in lines.items())


def _loss(loss: Loss) -> str:
    return LOSSES[loss.kind] + (f", j = {loss.j:g}" if loss.kind is LossKind.DISCRIMINATIVE else "")


def _optimiser(optimiser: Optimiser) -> str:
    if isinstance(optimiser, DiagonalLM):
        some = f"{optimiser.samples:,} digits before each pass"
        return f"stochastic diagonal Levenberg-Marquardt, mu {optimiser.mu:g}, second derivatives from {some}"
    if isinstance(optimiser, Adam):
        words = [f"Adam, betas {optimiser.beta1:g} and {optimiser.beta2:g}, epsilon {optimiser.epsilon:g}"]
    else:
        words = ["gradient descent"]
    if isinstance(optimiser, SGD) and optimiser.momentum:
        words.append(f"{'Nesterov ' if optimiser.nesterov else ''}momentum {optimiser.momentum:g}")
    if optimiser.decay:
        words.append(f"weight decay {optimiser.decay:g}")
    if optimiser.bias_factor != 1:
        words.append(f"biases at {optimiser.bias_factor:g} times the rate")
    return ", ".join(words)


def _schedule(schedule: Schedule) -> str:
    match schedule:
        case Constant(value):
            return f"{value:g}"
        case Table(stretches, factor):
            return ", ".join(f"{rate * factor:g} for {passes} passes" for passes, rate in stretches)
        case Cosine(high, low):
            return f"from {high:g} down to {low:g} along half a cosine"
        case OneCycle(high, start, low, rise):
            return f"from {start:g} up to {high:g} over {rise:.0%} of the run, then down to {low:g}"
        case Inverse(first, gamma, power):
            return f"{first:g} (1 + {gamma:g} i)^-{power:g} at update i"


def _distortion(distortion: Distortion) -> str:
    d = distortion
    parts = {
        f"shift {d.shift:g} px": d.shift,
        f"scale {d.scale:.0%}": d.scale,
        f"squeeze {d.squeeze:.0%}": d.squeeze,
        f"shear {d.shear:.3g}": d.shear,
        f"rotation {d.rotation:g} degrees": d.rotation,
        f"elastic {d.elastic:g} px, smoothed over {d.smoothness:g}": d.elastic,
    }
    ranges = ", ".join(words for words, amount in parts.items() if amount)
    words = [f"at random up to: {ranges}"] if ranges else []
    if d.noise:
        words.append(f"{d.noise:.3g} of the pixels turned over")
    if d.share != 1:
        words.append(f"of {d.share:.3g} of the pictures")
    if d.copies:
        words = [f"beside each digit {d.copies} made once", *words]
    return ", ".join(words) if ranges or d.noise or d.copies else "none"


def _patience(stopping: Patience) -> str:
    return (
        f"after {stopping.first:,} updates, or {stopping.growth:g} times those at the last validation error "
        f"below {stopping.better:g} of the best"
    )
