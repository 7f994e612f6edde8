// Dense layers of one image, and convolutions whose kernels are as large as their input: every unit has a row of
// weights as long as the inputs, and vectors run along it. Where a connection table leaves maps out, a row's spans of
// maps that are read are taken one by one.
#pragma once

#include "rows.h"
#include "wide.h"

namespace lenet {
namespace LENET_ISA {

struct Units {
  const float* weights;  // (count, inputs)
  int count, inputs;
  int area;                  // of an input map
  const Connections* reads;  // null: every input
};

LENET_INLINE Units units(const Layer& layer, const float* parameters) {
  const float* w = parameters + layer.weight;
  if (layer.kind == Kind::dense) return {w, layer.out.maps, layer.in.size(), 1, nullptr};
  const int area = layer.window * layer.window, count = layer.out.maps;
  const bool full = layer.reads.start[count] - layer.reads.start[0] == count * layer.in.maps;
  return {w, count, layer.in.maps * area, area, full ? nullptr : &layer.reads};
}

// f(from, n) for every stretch of inputs that a unit reads.
template <class F>
LENET_INLINE void for_spans(const Units& units, int unit, F f) {
  const int *map = units.reads->maps + units.reads->start[unit],
            *end = units.reads->maps + units.reads->start[unit + 1];
  while (map < end) {
    const int* next = map + 1;
    while (next < end && *next == next[-1] + 1) ++next;
    f(*map * units.area, static_cast<int>(next - map) * units.area);
    map = next;
  }
}

// Adds to sums[0 .. R - 1] the products of x with each of R rows.
template <int R>
LENET_INLINE void dot_rows(const float* w, int step, const float* x, int n, V* sums) {
  V s[R];
  const float* row[R];
  LENET_UNROLL
  for (int r = 0; r < R; ++r) {
    s[r] = sums[r];
    row[r] = w + static_cast<size_t>(r) * step;
  }
  int i = 0;
  for (; i + lanes <= n; i += lanes) {
    const V v = load(x + i);
    LENET_UNROLL
    for (int r = 0; r < R; ++r) s[r] += v * load(row[r] + i);
  }
  if (i < n) {
    const V v = load_first(x + i, n - i);
    LENET_UNROLL
    for (int r = 0; r < R; ++r) s[r] += v * load_first(row[r] + i, n - i);
  }
  LENET_UNROLL
  for (int r = 0; r < R; ++r) sums[r] = s[r];
}

constexpr int rows_together = lanes < 8 ? lanes : 8;  // each with a pointer in a register

inline void forward_units(const Units& units, const float* bias, const float* x, float* y) {
  for (int from = 0; from < units.count; from += lanes) {
    const int some = units.count - from < lanes ? units.count - from : lanes;
    const float* w = units.weights + static_cast<size_t>(from) * units.inputs;
    V parts[lanes] = {};
    int r = 0;
    if (units.reads) {
      for (; r < some; ++r, w += units.inputs)
        for_spans(units, from + r, [&](int at, int n) { dot_rows<1>(w + at, 0, x + at, n, parts + r); });
    } else {
      for (; r + rows_together <= some; r += rows_together, w += static_cast<size_t>(rows_together) * units.inputs)
        dot_rows<rows_together>(w, units.inputs, x, units.inputs, parts + r);
      for (; r < some; ++r, w += units.inputs) dot_rows<1>(w, 0, x, units.inputs, parts + r);
    }
    V s = sums(parts);
    if (bias) s += load_first(bias + from, some);
    if (some == lanes)
      store(y + from, s);
    else
      store_some(y + from, s, some);
  }
}

// ---- gradients ----

// N vectors of the gradient by inputs.
typedef void (*BlendKernel)(const float* w, int step, const float* delta, int count, float* dx);

template <int N>
void blend_rows(const float* w, int step, const float* delta, int count, float* dx) {
  V s[N] = {};
  for (int j = 0; j < count; ++j, w += step) {
    const V d = broadcast<V>(delta[j]);
    LENET_UNROLL
    for (int i = 0; i < N; ++i) s[i] += d * load(w + i * lanes);
  }
  LENET_UNROLL
  for (int i = 0; i < N; ++i) store(dx + i * lanes, s[i]);
}

template <int... N>
LENET_INLINE BlendKernel blend_kernel(int vectors, Sequence<N...>) {
  static const BlendKernel table[] = {blend_rows<N + 1>...};
  return table[vectors - 1];
}

constexpr int widest_blend = registers == 32 ? 26 : 12;  // vectors

// dx: `units.inputs` floats, with room for a vector more.
inline void descend_units(const Units& units, const float* delta, float* dx) {
  if (units.reads) {
    std::memset(dx, 0, sizeof(float) * static_cast<size_t>(units.inputs));
    const float* w = units.weights;
    for (int j = 0; j < units.count; ++j, w += units.inputs) {
      const float d = delta[j];
      for_spans(units, j,
                [&](int at, int n) { over_row(dx + at, w + at, n, [d](auto sum, auto v) { return sum + v * d; }); });
    }
    return;
  }
  const int vectors = (units.inputs + lanes - 1) / lanes;
  for (int from = 0, some; from < vectors; from += some) {
    const int tiles = (vectors - from + widest_blend - 1) / widest_blend;
    some = (vectors - from + tiles - 1) / tiles;
    blend_kernel(some, typename Count<widest_blend>::type{})(units.weights + from * lanes, units.inputs, delta,
                                                             units.count, dx + from * lanes);
  }
}

inline void learn_units(const Layer& layer, const Units& units, const float* x, const float* delta,
                        const Gradient& gradient) {
  if (layer.bias) add_row(gradient, layer.offset, delta, 1.0f, units.count);
  for (int j = 0; j < units.count; ++j) {
    const size_t place = layer.weight + static_cast<size_t>(j) * units.inputs;
    if (units.reads)
      for_spans(units, j, [&](int at, int n) { add_row(gradient, place + at, x + at, delta[j], n); });
    else
      add_row(gradient, place, x, delta[j], units.inputs);
  }
}

// ---- dense layers ----

// Applies the activation too.
inline void forward_dense(const Layer& layer, const float* parameters, const float* x, float* y, float*) {
  forward_units(units(layer, parameters), layer.bias ? parameters + layer.offset : nullptr, x, y);
  activate_floats(layer.activation, y, layer.out.maps);
}

inline void backward_dense(const Layer& layer, const float* parameters, float* x, const float* delta, float* scratch,
                           const Gradient& gradient) {
  const Units rows = units(layer, parameters);
  learn_units(layer, rows, x, delta, gradient);
  if (!layer.descends) return;
  descend_units(rows, delta, scratch);
  descend_floats(layer.before, x, scratch, rows.inputs);
}

}  // namespace LENET_ISA
}  // namespace lenet
