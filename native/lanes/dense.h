// Dense layers of a block of images: a broadcast weight times a vector of images; and the Euclidean RBF.
#pragma once

#include "convolution.h"
#include "layer.h"

namespace lenet {
namespace LENET_ISA {

constexpr int most_units = registers == 32 ? 16 : 8;

// ---- forward: N units at a time ----

typedef void (*UnitsKernel)(const float* w, const float* bias, int inputs, const V* x, V* y);

template <int N>
void weigh_units(const float* w, const float* bias, int inputs, const V* x, V* y) {
  V sums[N];
  LENET_UNROLL
  for (int j = 0; j < N; ++j) sums[j] = broadcast<V>(bias ? bias[j] : 0.0f);
  for (int i = 0; i < inputs; ++i) {
    const V v = x[i];
    LENET_UNROLL
    for (int j = 0; j < N; ++j) sums[j] += v * w[j * inputs + i];
  }
  LENET_UNROLL
  for (int j = 0; j < N; ++j) y[j] = sums[j];
}

template <int... N>
LENET_INLINE UnitsKernel units_kernel(int units, Sequence<N...>) {
  static const UnitsKernel table[] = {weigh_units<N + 1>...};
  return table[units - 1];
}

inline void forward_dense(const Layer& layer, const float* parameters, const V* x, V* y, V*) {
  const int inputs = layer.in.maps, units = layer.out.maps;
  const float* w = parameters + layer.weight;
  const float* bias = layer.bias ? parameters + layer.offset : nullptr;
  for (int j = 0, some; j < units; j += some) {
    some = tile(units - j, most_units);
    units_kernel(some, typename Count<most_units>::type{})(w + static_cast<size_t>(j) * inputs, bias ? bias + j : bias,
                                                           inputs, x, y + j);
  }
  activate(layer.activation, y, static_cast<size_t>(units));
}

// ---- gradient by inputs: N inputs at a time ----

typedef void (*InputsKernel)(const float* w, int inputs, int units, const V* delta, V* dx);

template <int N>
void weigh_inputs(const float* w, int inputs, int units, const V* delta, V* dx) {
  V sums[N] = {};
  for (int j = 0; j < units; ++j, w += inputs) {
    const V v = delta[j];
    LENET_UNROLL
    for (int i = 0; i < N; ++i) sums[i] += v * w[i];
  }
  LENET_UNROLL
  for (int i = 0; i < N; ++i) dx[i] = sums[i];
}

template <int... N>
LENET_INLINE InputsKernel inputs_kernel(int inputs, Sequence<N...>) {
  static const InputsKernel table[] = {weigh_inputs<N + 1>...};
  return table[inputs - 1];
}

inline void descend_dense(const Layer& layer, const float* parameters, V* x, const V* delta) {
  const int inputs = layer.in.maps;
  for (int i = 0, some; i < inputs; i += some) {
    V dx[most_units];
    some = tile(inputs - i, most_units);
    inputs_kernel(some, typename Count<most_units>::type{})(parameters + layer.weight + i, inputs, layer.out.maps,
                                                            delta, dx);
    descend(layer.before, x + i, dx, static_cast<size_t>(some));
  }
}

// ---- gradient by weights: a product of matrices over the images ----

constexpr int gradient_rows = registers == 32 ? 4 : 3, gradient_vectors = registers == 32 ? 5 : 3;

// J units by W vectors of inputs: g(j, i) += sum over the images n of delta(j, n) x(n, i). x: (images, stride) floats.
// The last vector holds `tail` inputs.
template <int J, int W>
void outer_product(const float* delta, const float* x, int stride, float* g, int inputs, int tail, bool first) {
  V sums[J][W];
  LENET_UNROLL
  for (int j = 0; j < J; ++j) {
    LENET_UNROLL
    for (int i = 0; i < W; ++i) {
      const float* at = g + j * inputs + i * lanes;
      sums[j][i] = first ? V{} : i == W - 1 && tail < lanes ? load_some(at, tail) : load(at);
    }
  }
  for (int n = 0; n < lanes; ++n, x += stride) {
    V v[W];
    LENET_UNROLL
    for (int i = 0; i < W; ++i) v[i] = load(x + i * lanes);
    LENET_UNROLL
    for (int j = 0; j < J; ++j) {
      const V d = broadcast<V>(delta[j * lanes + n]);
      LENET_UNROLL
      for (int i = 0; i < W; ++i) sums[j][i] += d * v[i];
    }
  }
  LENET_UNROLL
  for (int j = 0; j < J; ++j) {
    LENET_UNROLL
    for (int i = 0; i < W; ++i) {
      float* at = g + j * inputs + i * lanes;
      if (i == W - 1 && tail < lanes) {
        store_some(at, sums[j][i], tail);
      } else {
        store(at, sums[j][i]);
      }
    }
  }
}

typedef void (*OuterKernel)(const float* delta, const float* x, int stride, float* g, int inputs, int tail, bool first);

template <int J, int... W>
LENET_INLINE OuterKernel outer_kernel(int vectors, Sequence<W...>) {
  static const OuterKernel table[] = {outer_product<J, W + 1>...};
  return table[vectors - 1];
}

inline OuterKernel outer_kernel(int units, int vectors) {
  using Widths = typename Count<gradient_vectors>::type;
  switch (units) {
    case 1: return outer_kernel<1>(vectors, Widths{});
    case 2: return outer_kernel<2>(vectors, Widths{});
    case 3: return outer_kernel<3>(vectors, Widths{});
    default: return outer_kernel<gradient_rows>(vectors, Widths{});
  }
}

inline int whole_vectors(int inputs) { return (inputs + lanes - 1) / lanes; }

// g (units, inputs) of a matrix of weights, from inputs x and the units' deltas; scratch: whole_vectors(inputs) x
// lanes.
inline void learn_matrix(const V* x, int inputs, const V* delta, int units, V* scratch, float* g, bool first) {
  const int vectors = whole_vectors(inputs), stride = vectors * lanes;
  float* turned = reinterpret_cast<float*>(scratch);  // (images, inputs)
  for (int i = 0; i < inputs; ++i) LENET_UNROLL
  for (int n = 0; n < lanes; ++n) turned[n * stride + i] = x[i][n];
  for (int n = 0; n < lanes; ++n)
    for (int i = inputs; i < stride; ++i) turned[n * stride + i] = 0.0f;
  for (int i = 0, wide; i < vectors; i += wide) {
    wide = tile(vectors - i, gradient_vectors);
    const int tail = i + wide == vectors ? inputs - (vectors - 1) * lanes : lanes;
    for (int j = 0, some; j < units; j += some) {
      some = tile(units - j, gradient_rows);
      outer_kernel(some, wide)(reinterpret_cast<const float*>(delta + j), turned + i * lanes, stride,
                               g + static_cast<size_t>(j) * inputs + i * lanes, inputs, tail, first);
    }
  }
}

inline void backward_dense(const Layer& layer, const float* parameters, V* x, const V* delta, V* scratch,
                           const Gradient& gradient) {
  learn_biases(layer, delta, gradient);
  learn_matrix(x, layer.in.maps, delta, layer.out.maps, scratch, gradient.values + layer.weight, gradient.first);
  if (layer.descends) descend_dense(layer, parameters, x, delta);
}

// ---- Euclidean RBF: y_i = sum_j (x_j - w_ij)^2; for a block or a single image ----

LENET_INLINE const float* codes(const Layer& layer, const float* parameters) {
  return layer.learned ? parameters + layer.weight : layer.codes;
}

template <class T>
inline void forward_rbf(const Layer& layer, const float* parameters, const T* x, T* y) {
  const int inputs = layer.in.maps;
  for (int i = 0; i < layer.out.maps; ++i) {
    const float* w = codes(layer, parameters) + i * inputs;
    T even{}, odd{};
    int j = 0;
    for (; j + 1 < inputs; j += 2) {
      const T a = x[j] - w[j], b = x[j + 1] - w[j + 1];
      even += a * a;
      odd += b * b;
    }
    if (j < inputs) even += (x[j] - w[j]) * (x[j] - w[j]);
    y[i] = even + odd;
  }
}

// dE/dw_ij = -2 dE/dy_i (x_j - w_ij), and dE/dx_j = sum_i 2 dE/dy_i (x_j - w_ij)
template <class T>
inline void backward_rbf(const Layer& layer, const float* parameters, T* x, const T* delta, const Gradient& gradient) {
  const int inputs = layer.in.maps, classes = layer.out.maps;
  const float* w = codes(layer, parameters);
  for (int i = 0; layer.learned && i < classes * inputs; ++i)
    gradient.add(layer.weight + i, total(delta[i / inputs] * (x[i % inputs] - w[i]) * -2.0f));
  if (!layer.descends) return;
  for (int j = 0; j < inputs; ++j) {
    T dx{};
    for (int i = 0; i < classes; ++i) dx += delta[i] * (x[j] - w[i * inputs + j]);
    dx *= broadcast<T>(2.0f);
    descend(layer.before, x + j, &dx, 1);
  }
}

// ---- a convolution whose kernel covers its whole input, so that its output is one pixel: a dense layer ----

inline bool covers(const Layer& layer) {
  return layer.kind == Kind::conv && layer.padding == 0 && layer.out.area() == 1 && layer.in.rows == layer.window &&
         layer.in.columns == layer.window;
}

// That layer as a dense one; only where every pair of maps is connected.
inline bool as_dense(const Layer& layer, Layer& dense) {
  if (!covers(layer) || layer.reads.start[layer.out.maps] != layer.in.maps * layer.out.maps) return false;
  dense = layer;
  dense.kind = Kind::dense;
  dense.in = Shape{layer.in.size(), 1, 1};
  return true;
}

}  // namespace LENET_ISA
}  // namespace lenet
