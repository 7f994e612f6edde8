"""A space of networks so small that a trial takes a moment."""

SPACE = """
[network]
name = "small"
input = [1, 8, 8]
layers = [
  { type = "Conv", maps = 3, kernel = 3, activation = "tanh" },
  { type = "MaxPool" },
  { type = "Flatten" },
  { type = "Dense", units = 6, activation = "tanh" },
  { type = "Dense", units = 3 },
]

[recipe]
batch = 10
passes = 4
optimiser = { type = "SGD", momentum = 0.9 }
schedule = { type = "Constant", value = 0.05 }
validation = { share = 0.3 }
preparation = { shape = [1, 8, 8] }

[search]
trials = 8
"""

RANGES = """
[space]
C1.kernel = [3, 5, 7, 9]
C1.maps = { low = 2, high = 8, step = 2 }
S2.type = ["MaxPool", "MeanPool", "Subsample"]
"*".activation = ["tanh", "relu"]
recipe.schedule.value = { low = 0.001, high = 0.3, log = true }
"""
