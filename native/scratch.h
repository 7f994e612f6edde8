// How much scratch the layers and the distortion take. Plain C++ without an instruction set; `static`, so that no two
// files share a copy.
#pragma once

#include "plan.h"

namespace lenet {

// Pixels of one image that a convolution of a block takes: its padded input; then the sums of some maps' kernels, or a
// row of the gradient by its input.
static inline int convolution_scratch(const Layer& layer) {
  const int columns = layer.in.columns + 2 * layer.padding, rows = layer.in.rows + 2 * layer.padding;
  const int kernels = 8 * (layer.window * layer.window + 16);
  return (layer.padding ? layer.in.maps * rows * columns : 0) + (kernels > columns ? kernels : columns);
}

// Pixels of one image that a dense layer of a block takes: its input, turned, in whole vectors.
static inline int dense_scratch(const Layer& layer) { return layer.in.size() + 16; }

// Pixels of one image that a pooling layer takes: a map's gradient, and what it gathers by place or by copy.
static inline int pool_scratch(const Layer& layer) {
  return layer.in.area() + layer.out.area() + 2 * layer.window * layer.window;
}

// Pixels of one image that a normalisation takes: two rows of all maps, or the window's weights and five maps.
static inline int norm_scratch(const Layer& layer) {
  if (layer.kind == Kind::response_norm) return 2 * layer.in.maps * layer.in.columns;
  return layer.window / 2 + 1 + layer.in.rows + layer.in.columns + 5 * layer.in.area();
}

// The elastic displacement's Gaussian ends 3 deviations from its middle, pixels.
static inline int elastic_radius(const Distortion& distortion) {
  const float end = 3.0f * distortion.smoothness;
  if (!(end > 0)) return 0;
  const int whole = static_cast<int>(end);
  return static_cast<float>(whole) < end ? whole + 1 : whole;
}

// As far of it as a picture goes.
static inline int elastic_reach(Shape picture, const Distortion& distortion) {
  const int furthest = (picture.rows > picture.columns ? picture.rows : picture.columns) - 1;
  const int radius = elastic_radius(distortion);
  return radius < furthest ? radius : furthest;
}

// Floats that a distortion takes: a picture with its border; two fields, their noise, a row of it with its border and
// the Gaussian's weights. Rows are whole vectors of up to 16.
static inline int distortion_scratch(Shape picture, const Distortion& distortion) {
  const int bordered = (picture.rows + 3) * (picture.columns + 3), width = (picture.columns + 15) / 16 * 16;
  return bordered + (3 * picture.rows + 1) * width + 3 * elastic_reach(picture, distortion) + 1;
}

}  // namespace lenet
