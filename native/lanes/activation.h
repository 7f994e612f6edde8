// The functions that end a layer, and their slopes, for a vector of images or for one.
#pragma once

#include "../plan.h"
#include "simd.h"

namespace lenet {
namespace LENET_ISA {

constexpr float amplitude = 1.7159f, slope = 2.0f / 3.0f;  // A and S of the paper's appendix A

// x P(x^2) / Q(x^2), fitted to tanh on [0, 8.3] for the least relative error (9.3e-9). Beyond 8 it stays at tanh(8), 4
// units in the last place below 1, so that rounding never lifts it above 1. The largest error, by `python -m bench
// tanh`, stands in docs/performance.md.
template <class T>
LENET_INLINE T tanh(T x) {
  const T limit = broadcast<T>(8.0f);
  x = minimum(limit, maximum(-limit, x));
  const T t = x * x;
  T p = t * 1.4648292010921297e-08f + 2.150852241591271e-05f;
  T q = t * 8.295122855486098e-07f + 0.00033739532252019284f;
  p = p * t + 0.0035491708949419265f;
  q = q * t + 0.02607995648237246f;
  p = p * t + 0.1342587198604199f;
  q = q * t + 0.4675919681819328f;
  p = p * t + 0.9999999906806043f;
  q = q * t + 1.0f;
  return x * p / q;
}

LENET_INLINE V power_of_two(I n) { return reinterpret_cast<V>((n + 127) << 23); }
LENET_INLINE float power_of_two(int32_t n) {
  const int32_t bits = (n + 127) << 23;
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}
LENET_INLINE I whole(V v) { return __builtin_convertvector(v, I); }
LENET_INLINE int32_t whole(float v) { return static_cast<int32_t>(v); }
LENET_INLINE V real(I v) { return __builtin_convertvector(v, V); }
LENET_INLINE float real(int32_t v) { return static_cast<float>(v); }

// 2^n times the Taylor series of exp(r), |r| <= log(2) / 2; between -87 and 88, beyond which it stays.
template <class T>
LENET_INLINE T exponential(T x) {
  x = minimum(broadcast<T>(88.0f), maximum(broadcast<T>(-87.0f), x));
  const T shifted = x * 1.44269504f;
  const auto n = whole(shifted + (shifted > broadcast<T>(0.0f) ? broadcast<T>(0.5f) : broadcast<T>(-0.5f)));
  const T r = x - real(n) * 0.693145752f - real(n) * 1.42860677e-06f;  // log(2) in two parts
  T s = r * (1.0f / 5040) + 1.0f / 720;
  s = s * r + 1.0f / 120;
  s = s * r + 1.0f / 24;
  s = s * r + 1.0f / 6;
  s = s * r + 0.5f;
  s = s * r + 1.0f;
  s = s * r + 1.0f;
  return s * power_of_two(n);
}

template <Activation A, class T>
LENET_INLINE T apply(T a) {
  if (A == Activation::scaled_tanh) return tanh(a * slope) * amplitude;
  if (A == Activation::tanh) return tanh(a);
  if (A == Activation::sigmoid) return 1.0f / (1.0f + exponential(-a));
  if (A == Activation::relu) return maximum(broadcast<T>(0.0f), a);
  return a;
}

// The slope at the sum whose activation is y.
template <Activation A, class T>
LENET_INLINE T slope_at(T y) {
  if (A == Activation::scaled_tanh) return amplitude * slope - y * y * (slope / amplitude);
  if (A == Activation::tanh) return 1.0f - y * y;
  if (A == Activation::sigmoid) return y - y * y;
  if (A == Activation::relu) return y > broadcast<T>(0.0f) ? broadcast<T>(1.0f) : broadcast<T>(0.0f);
  return broadcast<T>(1.0f);
}

template <Activation A, class T>
inline void activate_row(T* y, size_t count) {
  for (size_t i = 0; i < count; ++i) y[i] = apply<A>(y[i]);
}

// y = f(y), in place.
template <class T>
inline void activate(Activation activation, T* y, size_t count) {
  switch (activation) {
    case Activation::none: return;
    case Activation::scaled_tanh: return activate_row<Activation::scaled_tanh>(y, count);
    case Activation::tanh: return activate_row<Activation::tanh>(y, count);
    case Activation::sigmoid: return activate_row<Activation::sigmoid>(y, count);
    case Activation::relu: return activate_row<Activation::relu>(y, count);
  }
}

template <Activation A, class T>
inline void descend_row(T* y, const T* dy, size_t count) {
  for (size_t i = 0; i < count; ++i) y[i] = dy[i] * slope_at<A>(y[i]);
}

// Where y holds outputs and dy the gradient by them, y becomes the gradient by the sums: y = dy f'(a). May be dy == y
// only where there's no activation.
template <class T>
inline void descend(Activation activation, T* y, const T* dy, size_t count) {
  switch (activation) {
    case Activation::none: return descend_row<Activation::none>(y, dy, count);
    case Activation::scaled_tanh: return descend_row<Activation::scaled_tanh>(y, dy, count);
    case Activation::tanh: return descend_row<Activation::tanh>(y, dy, count);
    case Activation::sigmoid: return descend_row<Activation::sigmoid>(y, dy, count);
    case Activation::relu: return descend_row<Activation::relu>(y, dy, count);
  }
}

}  // namespace LENET_ISA
}  // namespace lenet
