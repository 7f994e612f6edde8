// How much scratch the layers and the distortion take. Plain C++ without an instruction set; `static`, so that no two
// files share a copy.
#pragma once

#include "plan.h"

namespace lenet {

// Pixels of one image that a pooling layer takes: a map's gradient, and what it gathers by place or by copy.
static inline int pool_scratch(const Layer& layer) {
  return layer.in.area() + layer.out.area() + 2 * layer.window * layer.window;
}

}  // namespace lenet
