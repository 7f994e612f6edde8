"""What computes: the NumPy reference and the native engine, with the same answers."""
