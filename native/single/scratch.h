// Floats of scratch that the layers of one image ask for, enough for every instruction set.
#pragma once

#include "wide.h"

namespace lenet {

// The gradient by the inputs.
inline int single_dense_scratch(const Layer& layer) { return round_up(layer.in.size()) + 2 * most_lanes; }

// The padded inputs; then the deltas; then sums of a group of maps, or of their kernels; then the gradient by inputs.
// With a kernel as large as the map: the padded inputs, and the gradient by them with its padding and without.
inline int single_convolution_scratch(const Layer& layer) {
  const Wide w = wide(layer);
  const int inputs = round_up(layer.in.maps * w.area) + most_lanes, slack = 4 * most_lanes;
  if (one_position(layer)) return 3 * inputs + slack;
  const int deltas = layer.out.maps * w.delta + most_lanes, kernel = layer.window * layer.window;
  const int maps = 2 * round_up(w.inputs > w.outputs ? w.inputs : w.outputs);
  const int kernels = most_lanes * (5 * kernel + most_lanes) + round_up(5 * kernel);
  return 2 * inputs + deltas + (maps > kernels ? maps : kernels) + slack;
}

}  // namespace lenet
