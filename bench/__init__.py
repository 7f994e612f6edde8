"""How fast ``lenet`` is, beside other systems and beside what the machine could do: ``python -m bench``."""
