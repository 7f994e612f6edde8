"""From pictures to numbers: a graph of candidate characters, what the answer may be, and the answer."""
