// Rows of floats of one image, a vector at a time.
#pragma once

#include "../lanes/activation.h"
#include "../lanes/layer.h"

namespace lenet {
namespace LENET_ISA {

// The same vector, in a register: else the compiler may load it anew for each multiply-add that takes it, and a load
// that crosses a line of the cache costs more than a multiply-add.
LENET_INLINE V held(V v) {
#if defined(__x86_64__)
  asm("" : "+v"(v));
#elif defined(__aarch64__)
  asm("" : "+w"(v));
#endif
  return v;
}

// The first `count` floats at p, then zeros. Reads a whole vector.
LENET_INLINE V load_first(const float* p, int count) {
  I lane;
  for (int i = 0; i < lanes; ++i) lane[i] = i;
  return lane < I{} + count ? load(p) : V{};
}

// y[i] = f(y[i], x[i]), f of vectors or floats. The last vector overlaps the one before: it's read before that is
// written.
template <class F>
LENET_INLINE void over_row(float* y, const float* x, int n, F f) {
  if (n < lanes) {
    for (int i = 0; i < n; ++i) y[i] = f(y[i], x[i]);
    return;
  }
  const int last = n - lanes;
  const V y_last = load(y + last), x_last = load(x + last);
  for (int i = 0; i < last; i += lanes) store(y + i, f(load(y + i), load(x + i)));
  store(y + last, f(y_last, x_last));
}

template <Activation A>
inline void activate_floats(float* y, int n) {
  over_row(y, y, n, [](auto v, auto) { return apply<A>(v); });
}

// y = f(y), in place.
inline void activate_floats(Activation activation, float* y, int n) {
  switch (activation) {
    case Activation::none: return;
    case Activation::scaled_tanh: return activate_floats<Activation::scaled_tanh>(y, n);
    case Activation::tanh: return activate_floats<Activation::tanh>(y, n);
    case Activation::sigmoid: return activate_floats<Activation::sigmoid>(y, n);
    case Activation::relu: return activate_floats<Activation::relu>(y, n);
  }
}

template <Activation A>
inline void descend_floats(float* y, const float* dy, int n) {
  over_row(y, dy, n, [](auto v, auto d) { return d * slope_at<A>(v); });
}

// y = dy f'(a), where y = f(a).
inline void descend_floats(Activation activation, float* y, const float* dy, int n) {
  switch (activation) {
    case Activation::none: return descend_floats<Activation::none>(y, dy, n);
    case Activation::scaled_tanh: return descend_floats<Activation::scaled_tanh>(y, dy, n);
    case Activation::tanh: return descend_floats<Activation::tanh>(y, dy, n);
    case Activation::sigmoid: return descend_floats<Activation::sigmoid>(y, dy, n);
    case Activation::relu: return descend_floats<Activation::relu>(y, dy, n);
  }
}

// Adds `factor` times x (or writes it, where gradient.first) to the n parameters at `place`.
LENET_INLINE void add_row(const Gradient& gradient, size_t place, const float* x, float factor, int n) {
  float* g = gradient.values + place;
  if (gradient.first)
    over_row(g, x, n, [factor](auto, auto v) { return v * factor; });
  else
    over_row(g, x, n, [factor](auto sum, auto v) { return sum + v * factor; });
}

}  // namespace LENET_ISA
}  // namespace lenet
