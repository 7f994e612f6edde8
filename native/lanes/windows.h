// What pooling makes of one window: a struct for each kind, with `forward`, the window's result, and `backward`, which
// calls give(u, v, gradient) for each pixel of the window, row by row; d is the gradient by the result.
#pragma once

#include "layer.h"
#include "randomness.h"

namespace lenet {
namespace LENET_ISA {

// Of x: k rows of k pixels, `width` from one row to the next; `place`: of the result, among (maps, rows, columns).
template <class T>
struct Window {
  const T* pixels;
  int width, k, place;
  LENET_INLINE T at(int u, int v) const { return pixels[u * width + v]; }
};

template <class T>
LENET_INLINE T window_sum(const Window<T>& w) {
  T sum = w.at(0, 0);
  for (int u = 0; u < w.k; ++u)
    for (int v = u == 0 ? 1 : 0; v < w.k; ++v) sum += w.at(u, v);
  return sum;
}

template <class T>
struct SumPool {
  float weight, bias;
  LENET_INLINE T forward(const Window<T>& w) const { return window_sum(w) * weight + bias; }
  template <class Give>
  LENET_INLINE void backward(const Window<T>& w, T d, Give give) const {
    const T share = d * weight;
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v) give(u, v, share);
  }
};

// The same, with the gradients by weight and bias.
template <class T>
struct LearningSumPool {
  SumPool<T> pool;
  T by_weight{}, by_bias{};
  template <class Give>
  LENET_INLINE void backward(const Window<T>& w, T d, Give give) {
    by_weight += d * window_sum(w);
    by_bias += d;
    pool.backward(w, d, give);
  }
};

template <class T>
struct LargestPool {
  LENET_INLINE T forward(const Window<T>& w) const {
    T most = w.at(0, 0);
    for (int u = 0; u < w.k; ++u)
      for (int v = u == 0 ? 1 : 0; v < w.k; ++v) most = maximum(most, w.at(u, v));
    return most;
  }
  template <class Give>
  LENET_INLINE void backward(const Window<T>& w, T d, Give give) const {  // the first of equals takes it all
    const T most = forward(w), nothing{};
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v) {
        give(u, v, w.at(u, v) == most ? d : nothing);
        d = w.at(u, v) == most ? nothing : d;
      }
  }
};

template <class T>
struct RootPool {
  LENET_INLINE T forward(const Window<T>& w) const {
    T squares{};
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v) squares += w.at(u, v) * w.at(u, v);
    return root(squares);
  }
  template <class Give>
  LENET_INLINE void backward(const Window<T>& w, T d, Give give) const {
    const T norm = forward(w), nothing{}, share = norm > nothing ? d / norm : nothing;
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v) give(u, v, share * w.at(u, v));
  }
};

// Outside training: the mean weighted by the chances.
template <class T>
struct ExpectedPool {
  LENET_INLINE T forward(const Window<T>& w) const {
    T sum{}, squares{}, nothing{};
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v) {
        const T pixel = maximum(w.at(u, v), nothing);
        sum += pixel;
        squares += pixel * pixel;
      }
    return sum > nothing ? squares / sum : nothing;
  }
};

// The random numbers of a block's pictures, or of one picture, for one layer: the one at position p draws by
// ((p + 1) << 32) + place, so that the numbers below 2^32 are left to the distortion.
template <class T>
struct Dice;

LENET_INLINE uint64_t first_draw(const Layer& layer) {
  return ((static_cast<uint64_t>(layer.position) + 1) << 32) * golden + golden;
}

template <>
struct Dice<float> {
  uint64_t start;
  Dice(const Layer& layer, const Pass& pass) : start(key(pass.draws, pass.patterns[0]) + first_draw(layer)) {}
  LENET_INLINE float throw_at(int place) const { return uniform(mix(start + static_cast<uint64_t>(place) * golden)); }
};

template <>
struct Dice<V> {
  uint64_t starts[lanes];
  Dice(const Layer& layer, const Pass& pass) {
    for (int i = 0; i < lanes; ++i)
      starts[i] = (i < pass.count ? key(pass.draws, pass.patterns[i]) : 0) + first_draw(layer);
  }
  LENET_INLINE V throw_at(int place) const {
    float numbers[lanes];
    for (int i = 0; i < lanes; ++i) numbers[i] = uniform(mix(starts[i] + static_cast<uint64_t>(place) * golden));
    return load(numbers);
  }
};

// While training: the first pixel at which the sum so far is above a random share of the sum of all.
template <class T>
struct DrawnPool {
  Dice<T> dice;

  // The pixel's number in the window, row by row; -1 where none is positive.
  LENET_INLINE T drawn(const Window<T>& w) const {
    const T nothing{};
    T sum{};
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v) sum += maximum(w.at(u, v), nothing);
    const T threshold = dice.throw_at(w.place) * sum;
    T number = broadcast<T>(-1.0f), before{};
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v) {  // the last positive pixel that the sums haven't passed: so rounding leaves one
        const T pixel = w.at(u, v);
        number = ((pixel > nothing) & (before <= threshold)) ? broadcast<T>(static_cast<float>(u * w.k + v)) : number;
        before += maximum(pixel, nothing);
      }
    return number;
  }
  LENET_INLINE T forward(const Window<T>& w) const {
    const T number = drawn(w);
    T result{};
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v)
        result = number == broadcast<T>(static_cast<float>(u * w.k + v)) ? w.at(u, v) : result;
    return result;
  }
  template <class Give>
  LENET_INLINE void backward(const Window<T>& w, T d, Give give) const {
    const T number = drawn(w), nothing{};
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v) give(u, v, number == broadcast<T>(static_cast<float>(u * w.k + v)) ? d : nothing);
  }
};

// The largest of pixel minus penalty. `penalties` and `won`, the gradient that went to each place: (k, k).
template <class T>
struct PenalisedPool {
  const T* penalties;
  T* won;

  LENET_INLINE T at(const Window<T>& w, int u, int v) const { return w.at(u, v) - penalties[u * w.k + v]; }
  LENET_INLINE T forward(const Window<T>& w) const {
    T most = at(w, 0, 0);
    for (int u = 0; u < w.k; ++u)
      for (int v = u == 0 ? 1 : 0; v < w.k; ++v) most = maximum(most, at(w, u, v));
    return most;
  }
  template <class Give>
  LENET_INLINE void backward(const Window<T>& w, T d, Give give) const {
    const T most = forward(w), nothing{};
    for (int u = 0; u < w.k; ++u)
      for (int v = 0; v < w.k; ++v) {
        const auto first = at(w, u, v) == most;
        give(u, v, first ? d : nothing);
        won[u * w.k + v] += first ? d : nothing;
        d = first ? nothing : d;
      }
  }
};

}  // namespace LENET_ISA
}  // namespace lenet
