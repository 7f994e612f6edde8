"""A model in whole numbers: weights of 8 bits, a scale for each output map, and sums of 32 bits."""
