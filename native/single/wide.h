// How a convolution of one image lies in memory. A map is taken as one long row: with the (padded) input's width kept,
// the output at row r and column c stands at position (r width + c) stride, and the weight at (ky, kx) of a kernel
// reads the input's position + ky width + kx. What falls between the columns of the output is computed and left out.
#pragma once

#include "../plan.h"

#define LENET_ALWAYS_INLINE inline __attribute__((always_inline))  // no copy is left for the linker to share

namespace lenet {

constexpr int most_lanes = 16;  // of any instruction set

LENET_ALWAYS_INLINE int round_up(int n) { return (n + most_lanes - 1) / most_lanes * most_lanes; }

struct Wide {
  int width, area;  // of a padded input map
  int first;        // position of the first pixel that isn't padding
  int inputs;       // positions from there to the last pixel that isn't padding
  int outputs;      // positions from the first to the last output
  int margin;       // zeros before a map of deltas, so that every weight finds one
  int delta;        // floats of a map of deltas, with its margins
};

LENET_ALWAYS_INLINE Wide wide(const Layer& layer) {
  const int p = layer.padding, s = layer.stride;
  Wide w;
  w.width = layer.in.columns + 2 * p;
  w.area = w.width * (layer.in.rows + 2 * p);
  w.first = p * (w.width + 1);
  w.inputs = (layer.in.rows - 1) * w.width + layer.in.columns;
  w.outputs = ((layer.out.rows - 1) * w.width + layer.out.columns - 1) * s + 1;
  w.margin = round_up((layer.window - 1) * (w.width + 1));
  const int after = w.first + round_up(w.inputs);
  w.delta = w.margin + round_up(w.outputs > after ? w.outputs : after);
  return w;
}

// Whether a kernel is as large as the padded map: then a convolution is a dense layer.
LENET_ALWAYS_INLINE bool one_position(const Layer& layer) {
  return layer.window == layer.in.columns + 2 * layer.padding && layer.window == layer.in.rows + 2 * layer.padding;
}

}  // namespace lenet
