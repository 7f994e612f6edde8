"""``python -m lenet``: the same as the command ``lenet``."""

from .cli import main

if __name__ == "__main__":
    main()
