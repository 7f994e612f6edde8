// The Gauss-Newton estimate of the second derivatives of a block of images (the paper's appendix C, eq. 25 to 27), as
// src/lenet/engine/reference/curvature.py has it. Clear rather than fast: it runs on some hundreds of images a pass.
//
// The kernels of the gradient make the sums, of squared weights and squared inputs; they are told that no activation
// comes before, since its slope counts squared: `through` multiplies by that, with the outputs that were kept.
#pragma once

#include "network.h"

namespace lenet {
namespace LENET_ISA {

// d2y, the second derivatives by y = f(a), become those by a: times f'(a), twice.
inline void through(Activation activation, const V* y, V* d2y, int count) {
  for (int i = 0; i < count; ++i) {
    V once = y[i], twice = y[i];
    descend(activation, &once, d2y + i, 1);
    descend(activation, &twice, &once, 1);
    d2y[i] = twice;
  }
}

// ---- where it begins: exact; `share`: what an image counts, by lane ----

// y, the scores, become the second derivatives by them: 1 of the squared loss, p (1 - p) of the cross entropy. 1 - p is
// the sum of the others: no digits are lost where p is near 1.
inline void curve_scores(const Layer& last, const Objective& objective, V share, V* y, V* scratch) {
  const int classes = last.out.maps;
  if (objective.loss == Loss::squared) {
    for (int i = 0; i < classes; ++i) y[i] = share;
    return;
  }
  V best;
  const V sum = exponentials(y, classes, 1.0f, nullptr, scratch, best);
  for (int i = 0; i < classes; ++i) {
    V others{};
    for (int k = 0; k < classes; ++k) others += k == i ? V{} : scratch[k];
    y[i] = scratch[i] / sum * (others / sum) * share;
  }
}

// p, the chances of the classes, and what is left to the rubbish class of eq. 9: all of it by eq. 8, none by the cross
// entropy.
inline V chances(const Objective& objective, int classes, const V* y, V* p) {
  for (int i = 0; i < classes; ++i) p[i] = V{};
  if (objective.loss == Loss::distance) return broadcast<V>(1.0f);
  const bool rubbish = objective.loss == Loss::discriminative;
  V best;
  const V sum = exponentials(y, classes, -1.0f, rubbish ? &objective.j : nullptr, p, best);
  for (int i = 0; i < classes; ++i) p[i] = p[i] / sum;
  return rubbish ? exponential(-objective.j - best) / sum : V{};
}

// Those by learned codes, 2 [i = D] - 2 p_i + 4 p_i (1 - p_i) (x_j - w_ij)^2, not below 0. `others`: 1 - p_i.
inline void curve_codes(const Layer& last, const float* w, const int64_t* labels, int count, V share, const V* x,
                        const V* p, V q, const Gradient& gradient) {
  const int classes = last.out.maps, inputs = last.in.maps;
  for (int i = 0; i < classes; ++i) {
    V others = q, first = p[i] * -2.0f;
    for (int k = 0; k < classes; ++k) others += k == i ? V{} : p[k];
    for (int lane = 0; lane < count; ++lane)
      if (labels[lane] == i) first[lane] = 2.0f * others[lane];
    for (int j = 0; j < inputs; ++j) {
      const V gap = x[j] - w[i * inputs + j], curvature = first + p[i] * others * gap * gap * 4.0f;
      gradient.add(last.weight + static_cast<size_t>(i * inputs + j), total(maximum(V{}, curvature) * share));
    }
  }
}

// x, the inputs of the RBF, become the second derivatives by them. The sum in the reference is the same as this one
// without differences of like numbers: 2 q + 4 [ sum of p_i p_k (w_ij - w_kj)^2 over pairs i < k, + q sum_i p_i (x_j -
// w_ij)^2 ].
inline void curve_distances(const Layer& last, const float* w, V share, V* x, const V* p, V q) {
  const int classes = last.out.maps, inputs = last.in.maps;
  for (int j = 0; j < inputs; ++j) {
    V spread{};
    for (int i = 0; i < classes; ++i) {
      const V gap = x[j] - w[i * inputs + j];
      spread += q * p[i] * gap * gap;
      for (int k = i + 1; k < classes; ++k) {
        const float apart = w[i * inputs + j] - w[k * inputs + j];
        spread += p[i] * p[k] * (apart * apart);
      }
    }
    x[j] = (q * 2.0f + spread * 4.0f) * share;
  }
}

// ---- pools ----

struct SquaredRootPool {  // of a = sqrt(sum of x^2): the slope by x is x / a
  template <class Give>
  LENET_INLINE void backward(const Window<V>& w, V d, Give give) const {
    V squares{};
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v) squares += w.at(u, v) * w.at(u, v);
    const V share = squares > V{} ? d / squares : V{};
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v) give(u, v, share * w.at(u, v) * w.at(u, v));
  }
};

// a = coefficient S + bias, S the sum of a window: the coefficient takes S^2, each pixel the coefficient's square.
inline void curve_subsample(const Layer& layer, const float* squares, V* x, const V* delta, V* d2x,
                            const Gradient& gradient) {
  const int width = layer.in.columns, columns = layer.out.columns, s = layer.stride;
  for (int c = 0; c < layer.in.maps; ++c, x += layer.in.area()) {
    for (int i = 0; i < layer.in.area(); ++i) d2x[i] = V{};
    for (int m = c * layer.copies; m < (c + 1) * layer.copies; ++m) {
      V by_weight{}, by_bias{};
      for (int i = 0; i < layer.out.area(); ++i) {
        const int first = i / columns * s * width + i % columns * s;
        const V sum = window_sum(Window<V>{x + first, width, layer.window, i}), d = delta[m * layer.out.area() + i];
        by_weight += d * sum * sum;
        by_bias += d;
        for (int u = 0; u < layer.window; ++u)
          for (int v = 0; v < layer.window; ++v) d2x[first + u * width + v] += d * squares[layer.weight + m];
      }
      gradient.add(layer.weight + m, total(by_weight));
      gradient.add(layer.offset + m, total(by_bias));
    }
    if (layer.descends)
      for (int i = 0; i < layer.in.area(); ++i) x[i] = d2x[i];
  }
}

// Only the pixel that won counts: by 1, and its penalties by the squares of its offsets.
inline void curve_deformable(const Layer& layer, const float* parameters, V* x, const V* delta, V* scratch,
                             const Gradient& gradient) {
  const int places = layer.window * layer.window;
  V* won = scratch + places;
  for (int m = 0; m < layer.out.maps; ++m) {
    penalties(layer, parameters + layer.weight + 4 * m, scratch);
    for (int place = 0; place < places; ++place) won[place] = V{};
    PenalisedPool<V> pool{scratch, won};
    unpool_map(layer, x + m * layer.in.area(), delta + m * layer.out.area(), won + places, m, pool);
    float sums[4] = {};
    for (int place = 0; place < places; ++place) {
      const Offset offset(place, layer.window);
      for (int j = 0; j < 4; ++j) sums[j] += total(won[place]) * offset.terms[j] * offset.terms[j];
    }
    for (int j = 0; j < 4; ++j) gradient.add(layer.weight + 4 * m + j, sums[j]);
  }
}

// ---- a layer, and all of them ----

// `delta`: by the layer's sums. Adds (or writes) those by its parameters to `gradient`; then, where layer.descends, x,
// its inputs, become those by them. `squares`: of the parameters.
inline void curve_layer(Layer layer, const float* parameters, const float* squares, V* x, const V* delta, V* scratch,
                        const Gradient& gradient, const Pass& pass) {
  layer.before = Activation::none;
  const float share = 1.0f / static_cast<float>(layer.window * layer.window);
  switch (layer.kind) {
    case Kind::conv:
    case Kind::dense:
      for (int i = 0; i < layer.in.size(); ++i) x[i] *= x[i];
      return backward_layer(layer, squares, x, delta, scratch, gradient, pass);
    case Kind::subsample: return curve_subsample(layer, squares, x, delta, scratch, gradient);
    case Kind::mean_pool: return unpool_maps(layer, x, delta, scratch, SumPool<V>{share * share, 0.0f});
    case Kind::l2_pool: return unpool_maps(layer, x, delta, scratch, SquaredRootPool{});
    case Kind::deformable_pool: return curve_deformable(layer, parameters, x, delta, scratch, gradient);
    default: return backward_layer(layer, parameters, x, delta, scratch, gradient, pass);  // slopes of 0 and 1
  }
}

// `kept`: room for the outputs as they were, plan.scratch pixels.
inline void curve_layers(const Plan& plan, const float* parameters, const float* squares, const int64_t* labels,
                         const Objective& objective, V* workspace, V* kept, const Gradient& gradient,
                         const Pass& pass) {
  forward_layers(plan, parameters, workspace, pass);
  std::memcpy(static_cast<void*>(kept), static_cast<const void*>(workspace), sizeof(V) * plan.scratch);
  const auto input = [&](int i) { return workspace + (i ? plan.layers[i - 1].place : plan.input); };
  V* scratch = workspace + plan.scratch;
  V share{};  // none of the lanes that aren't in use
  for (int lane = 0; lane < pass.count; ++lane) share[lane] = objective.share;
  int i = plan.count - 1;
  const Layer& last = plan.last();
  if (last.kind == Kind::rbf) {
    const float* w = codes(last, parameters);
    V *x = input(i), *p = scratch;
    const V q = chances(objective, last.out.maps, workspace + last.place, p);
    if (last.learned) curve_codes(last, w, labels, pass.count, share, x, p, q, gradient);
    curve_distances(last, w, share, x, p, q);
    if (!plan.layers[i--].descends) return;
  } else {
    curve_scores(last, objective, share, workspace + last.place, scratch);
  }
  for (bool more = true; more; --i) {
    const Layer& layer = plan.layers[i];
    V* delta = workspace + layer.place;
    through(layer.activation, kept + layer.place, delta, layer.out.size());
    curve_layer(layer, parameters, squares, input(i), delta, scratch, gradient, pass);
    more = layer.descends;
  }
}

}  // namespace LENET_ISA
}  // namespace lenet
