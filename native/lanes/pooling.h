// Layers that shrink a map: the paper's subsampling and five kinds of pooling (src/lenet/network/pooling.py).
//
// Windows of 2 x 2 side by side, the common ones, are unrolled, and their gradient is written over the pixels at once;
// that of any others is gathered a map at a time.
#pragma once

#include "layer.h"
#include "windows.h"

namespace lenet {
namespace LENET_ISA {

// ---- a map's windows ----

LENET_INLINE bool side_by_side(const Layer& layer) { return layer.window == 2 && layer.stride == 2; }

// K: the windows' size and stride, or 0: the layer's own. `m`: the output map; x and y: the two maps.
template <int K, class T, class Pool>
inline void pool_map(const Layer& layer, const T* __restrict x, T* __restrict y, int m, const Pool& pool) {
  const int k = K ? K : layer.window, s = K ? K : layer.stride, width = layer.in.columns;
  const int rows = layer.out.rows, columns = layer.out.columns;
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c)
      y[r * columns + c] = pool.forward(Window<T>{x + r * s * width + c * s, width, k, (m * rows + r) * columns + c});
}

template <class T, class Pool>
LENET_INLINE void pool_map(const Layer& layer, const T* x, T* y, int m, const Pool& pool) {
  if (side_by_side(layer)) return pool_map<2>(layer, x, y, m, pool);
  pool_map<0>(layer, x, y, m, pool);
}

// The map x of inputs becomes their gradient times the slope of A there.
template <Activation A, class T, class Pool>
inline void unpool_side_by_side(const Layer& layer, T* __restrict x, const T* __restrict delta, int m, Pool& state) {
  constexpr int K = 2;
  const int rows = layer.out.rows, columns = layer.out.columns, width = layer.in.columns;
  Pool pool = state;  // in registers
  for (int r = 0; r < rows; ++r) {
    T* row = x + r * K * width;
    for (int c = 0; c < columns; ++c) {
      T* first = row + c * K;
      const T pixels[] = {first[0], first[1], first[width], first[width + 1]};
      pool.backward(Window<T>{pixels, K, K, (m * rows + r) * columns + c}, delta[r * columns + c],
                    [&](int u, int v, T g) { first[u * width + v] = g * slope_at<A>(pixels[u * K + v]); });
    }
    for (int c = columns * K; c < width; ++c) row[c] = row[width + c] = T{};
  }
  for (int i = rows * K * width; i < layer.in.area(); ++i) x[i] = T{};
  state = pool;
}

// The same for any windows, where layer.descends; else x stays. `dx`: scratch of a map.
template <class T, class Pool>
inline void unpool_any(const Layer& layer, T* x, const T* delta, T* dx, int m, Pool& pool) {
  const int s = layer.stride, width = layer.in.columns, area = layer.in.area();
  const int rows = layer.out.rows, columns = layer.out.columns;
  for (int i = 0; i < area; ++i) dx[i] = T{};
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) {
      const int first = r * s * width + c * s;
      pool.backward(Window<T>{x + first, width, layer.window, (m * rows + r) * columns + c}, delta[r * columns + c],
                    [&](int u, int v, T g) { dx[first + u * width + v] += g; });
    }
  if (layer.descends) descend(layer.before, x, dx, static_cast<size_t>(area));
}

template <class T, class Pool>
LENET_INLINE void unpool_map(const Layer& layer, T* x, const T* delta, T* dx, int m, Pool& pool) {
  if (!layer.descends || !side_by_side(layer)) return unpool_any(layer, x, delta, dx, m, pool);
  switch (layer.before) {
    case Activation::none: return unpool_side_by_side<Activation::none>(layer, x, delta, m, pool);
    case Activation::scaled_tanh: return unpool_side_by_side<Activation::scaled_tanh>(layer, x, delta, m, pool);
    case Activation::tanh: return unpool_side_by_side<Activation::tanh>(layer, x, delta, m, pool);
    case Activation::sigmoid: return unpool_side_by_side<Activation::sigmoid>(layer, x, delta, m, pool);
    case Activation::relu: return unpool_side_by_side<Activation::relu>(layer, x, delta, m, pool);
  }
}

// ---- all maps ----

template <class T, class Pool>
inline void pool_maps(const Layer& layer, const T* x, T* y, const Pool& pool) {
  for (int m = 0; m < layer.out.maps; ++m) pool_map(layer, x + m * layer.in.area(), y + m * layer.out.area(), m, pool);
}

template <class T, class Pool>
inline void unpool_maps(const Layer& layer, T* x, const T* delta, T* scratch, Pool pool) {
  if (!layer.descends) return;
  for (int m = 0; m < layer.out.maps; ++m)
    unpool_map(layer, x + m * layer.in.area(), delta + m * layer.out.area(), scratch, m, pool);
}

// Output map m reads input map m / copies.
template <class T>
inline void forward_subsample(const Layer& layer, const float* parameters, const T* x, T* y) {
  for (int m = 0; m < layer.out.maps; ++m)
    pool_map(layer, x + m / layer.copies * layer.in.area(), y + m * layer.out.area(), m,
             SumPool<T>{parameters[layer.weight + m], parameters[layer.offset + m]});
}

template <class T>
inline void backward_subsample(const Layer& layer, const float* parameters, T* x, const T* delta, T* scratch,
                               const Gradient& gradient) {
  const int copies = layer.copies, area = layer.out.area();
  T* mixed = scratch + layer.in.area();
  Layer last = layer;
  for (int m = 0; m < layer.out.maps; ++m) {
    T* map = x + m / copies * layer.in.area();
    const T* d = delta + m * area;
    const float weight = parameters[layer.weight + m];
    LearningSumPool<T> pool{{weight, 0.0f}};
    if (copies == 1) {
      unpool_map(layer, map, d, scratch, m, pool);
    } else {  // the pixels are needed until the last copy has learnt from them
      last.descends = false;
      unpool_map(last, map, d, scratch, m, pool);
      for (int i = 0; i < area; ++i) mixed[i] = m % copies == 0 ? d[i] * weight : mixed[i] + d[i] * weight;
      if (layer.descends && m % copies == copies - 1) {
        SumPool<T> even{1.0f, 0.0f};
        unpool_map(layer, map, mixed, scratch, m, even);
      }
    }
    gradient.add(layer.weight + m, total(pool.by_weight));
    gradient.add(layer.offset + m, total(pool.by_bias));
  }
}

// u^2, v^2, u and v of a place in a window, from its middle.
struct Offset {
  float terms[4];
  LENET_INLINE Offset(int place, int k) {
    const float middle = 0.5f * static_cast<float>(k - 1);
    const float u = static_cast<float>(place / k) - middle, v = static_cast<float>(place % k) - middle;
    terms[0] = u * u, terms[1] = v * v, terms[2] = u, terms[3] = v;
  }
};

template <class T>
inline void penalties(const Layer& layer, const float* c, T* result) {
  for (int place = 0; place < layer.window * layer.window; ++place) {
    const Offset offset(place, layer.window);
    float penalty = 0.0f;
    for (int j = 0; j < 4; ++j) penalty += c[j] * offset.terms[j];
    result[place] = broadcast<T>(penalty);
  }
}

template <class T>
inline void forward_deformable(const Layer& layer, const float* parameters, const T* x, T* y, T* scratch) {
  for (int m = 0; m < layer.out.maps; ++m) {
    penalties(layer, parameters + layer.weight + 4 * m, scratch);
    pool_map(layer, x + m * layer.in.area(), y + m * layer.out.area(), m, PenalisedPool<T>{scratch, nullptr});
  }
}

template <class T>
inline void backward_deformable(const Layer& layer, const float* parameters, T* x, const T* delta, T* scratch,
                                const Gradient& gradient) {
  const int places = layer.window * layer.window;
  T* won = scratch + places;
  for (int m = 0; m < layer.out.maps; ++m) {
    penalties(layer, parameters + layer.weight + 4 * m, scratch);
    for (int place = 0; place < places; ++place) won[place] = T{};
    PenalisedPool<T> pool{scratch, won};
    unpool_map(layer, x + m * layer.in.area(), delta + m * layer.out.area(), won + places, m, pool);
    float sums[4] = {};
    for (int place = 0; place < places; ++place) {
      const Offset offset(place, layer.window);
      for (int j = 0; j < 4; ++j) sums[j] -= total(won[place]) * offset.terms[j];
    }
    for (int j = 0; j < 4; ++j) gradient.add(layer.weight + 4 * m + j, sums[j]);
  }
}

// ---- the layers ----

template <class T>
inline SumPool<T> mean_pool(const Layer& layer) {
  return {1.0f / static_cast<float>(layer.window * layer.window), 0.0f};
}

// `scratch`: pool_scratch(layer) pixels, in both.
template <class T>
inline void forward_pool(const Layer& layer, const float* parameters, const T* x, T* y, T* scratch, const Pass& pass) {
  switch (layer.kind) {
    case Kind::subsample: return forward_subsample(layer, parameters, x, y);
    case Kind::mean_pool: return pool_maps(layer, x, y, mean_pool<T>(layer));
    case Kind::max_pool: return pool_maps(layer, x, y, LargestPool<T>{});
    case Kind::l2_pool: return pool_maps(layer, x, y, RootPool<T>{});
    case Kind::stochastic_pool:
      if (pass.training) return pool_maps(layer, x, y, DrawnPool<T>{Dice<T>(layer, pass)});
      return pool_maps(layer, x, y, ExpectedPool<T>{});
    case Kind::deformable_pool: return forward_deformable(layer, parameters, x, y, scratch);
    default: return;
  }
}

// A stochastic pool's gradient is that of the pixel drawn while training.
template <class T>
inline void backward_pool(const Layer& layer, const float* parameters, T* x, const T* delta, T* scratch,
                          const Gradient& gradient, const Pass& pass) {
  switch (layer.kind) {
    case Kind::subsample: return backward_subsample(layer, parameters, x, delta, scratch, gradient);
    case Kind::mean_pool: return unpool_maps(layer, x, delta, scratch, mean_pool<T>(layer));
    case Kind::max_pool: return unpool_maps(layer, x, delta, scratch, LargestPool<T>{});
    case Kind::l2_pool: return unpool_maps(layer, x, delta, scratch, RootPool<T>{});
    case Kind::stochastic_pool: return unpool_maps(layer, x, delta, scratch, DrawnPool<T>{Dice<T>(layer, pass)});
    case Kind::deformable_pool: return backward_deformable(layer, parameters, x, delta, scratch, gradient);
    default: return;
  }
}

}  // namespace LENET_ISA
}  // namespace lenet
