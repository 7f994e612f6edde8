"""How well pictures of digits are read, beside other readers: ``python -m bench reading --pictures DIR``.

Its parts in the order in which data flows: ``pictures`` and ``written`` (what is read), ``systems`` (what reads),
``turns`` and ``measure`` (the reading), ``distance``, ``scores`` and ``calibration`` (what came of it), ``report`` and
``sheet`` (what is shown). ``speed`` takes the times of whole tasks.
"""
