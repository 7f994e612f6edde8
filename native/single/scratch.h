// Floats of scratch that the layers of one image ask for, enough for every instruction set.
#pragma once

#include "wide.h"

namespace lenet {

// The gradient by the inputs.
inline int single_dense_scratch(const Layer& layer) { return round_up(layer.in.size()) + 2 * most_lanes; }

// The padded inputs; then the deltas; then sums of a group of maps, or of their kernels; then the gradient by inputs.
inline int single_convolution_scratch(const Layer& layer) {
  const Wide w = wide(layer);
  const int kernel = layer.window * layer.window, positions = w.inputs > w.outputs ? w.inputs : w.outputs;
  const int padded = round_up(layer.in.maps * w.area) + most_lanes, deltas = layer.out.maps * w.delta + most_lanes;
  const int maps = 2 * round_up(positions), kernels = most_lanes * (5 * kernel + most_lanes) + round_up(5 * kernel);
  return padded + deltas + (maps > kernels ? maps : kernels) + padded + 4 * most_lanes;
}

}  // namespace lenet
