// What every layer's functions take. T is V, a vector with an image in each lane, or float, a single image; pixels lie
// map by map, row by row. Each kind of layer offers
//
//   forward_KIND(layer, parameters, const T* x, T* y, T* scratch, pass): y = the layer's sums for inputs x, without the
//     activation unless the layer's file says so;
//   backward_KIND(layer, parameters, T* x, const T* delta, T* scratch, gradient, pass): `delta` is the gradient by the
//     layer's sums. Adds to (or, where gradient.first, writes) the gradient of the layer's parameters, each of them;
//     then, where layer.descends, x, which holds the layer's inputs, becomes the gradient by the sums of the layer
//     before, whose activation is layer.before.
#pragma once

#include "../plan.h"
#include "activation.h"
#include "simd.h"

namespace lenet {
namespace LENET_ISA {

// What a pass over a block or an image knows besides the pixels.
struct Pass {
  bool training;
  Draws draws;
  const int64_t* patterns;  // by lane
  int count;                // lanes in use
};

struct Gradient {
  float* values;  // of all parameters, shared by the whole network
  bool first;     // write instead of add
  LENET_INLINE void add(size_t place, float value) const { values[place] = first ? value : values[place] + value; }
};

LENET_INLINE float total(V v) { return sum(v); }
LENET_INLINE float total(float v) { return v; }

}  // namespace LENET_ISA
}  // namespace lenet
