"""A network as a module of PyTorch: the same description, the same answers."""
