// One update of the parameters: the shards' gradients added in order, then SGD or Adam as lenet/recipe.py defines them.
#pragma once

#include "layer.h"

namespace lenet {
namespace LENET_ISA {

// One vector of parameters w, with its gradient g, rate r and what the optimiser remembers.
LENET_INLINE V descend_once(const Optimiser& o, V w, V g, V r, V& slot0, V& slot1) {
  if (o.adam) {
    slot0 = slot0 * o.beta1 + g * (1.0f - o.beta1);
    slot1 = slot1 * o.beta2 + g * g * (1.0f - o.beta2);
    const V step = slot0 * o.correction1 / (root(slot1 * o.correction2) + o.epsilon);
    return w - r * step - r * o.decay * w;
  }
  g += w * o.decay;
  if (o.momentum == 0.0f) return w - r * g;
  slot0 = slot0 * o.momentum + g;
  return o.nesterov ? w - r * (g + slot0 * o.momentum) : w - r * slot0;
}

inline void update_parameters(const Optimiser& o, const float* const* shards, int count, const float* factors,
                              size_t from, size_t to, float* parameters, float* slot0, float* slot1) {
  for (size_t i = from; i < to; i += lanes) {
    const int some = to - i < static_cast<size_t>(lanes) ? static_cast<int>(to - i) : lanes;
    const bool all = some == lanes;
    const auto get = [=](const float* p) { return all ? load(p + i) : load_some(p + i, some); };
    const auto put = [=](float* p, V v) { all ? store(p + i, v) : store_some(p + i, v, some); };
    V g = get(shards[0]);
    for (int s = 1; s < count; ++s) g += get(shards[s]);
    V first = slot0 ? get(slot0) : V{}, second = slot1 ? get(slot1) : V{};
    const V rate = factors ? get(factors) * o.rate : broadcast<V>(o.rate);
    put(parameters, descend_once(o, get(parameters), g, rate, first, second));
    if (slot0) put(slot0, first);
    if (slot1) put(slot1, second);
  }
}

}  // namespace LENET_ISA
}  // namespace lenet
