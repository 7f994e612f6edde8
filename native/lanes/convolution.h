// Convolution of a block of images: a broadcast weight times a vector of images, tiles of a row held in registers.
//
// Forward: X columns of one output map; each loaded pixel meets the K weights of a kernel's row.
// Gradient by inputs: D columns of an output map scatter to the D + K - 1 columns of an input map's row.
// Gradient by weights: the K weights of a kernel's row for M output maps; each is a vector over the images, summed
// last. Kernels of 1, 3, 5 and 7 pixels with stride 1 run so; all others by the loops at the end of each part.
#pragma once

#include "layer.h"

namespace lenet {
namespace LENET_ISA {

constexpr int widest = registers == 32 ? 14 : 8;  // columns of a tile
constexpr int widest_scatter = registers == 32 ? 14 : 6;
constexpr int most_maps(int kernel) {
  return registers == 32 ? (kernel == 1   ? 8
                            : kernel == 3 ? 6
                            : kernel == 5 ? 4
                                          : 3)
                         : (kernel == 1   ? 4
                            : kernel == 3 ? 3
                            : kernel == 5 ? 2
                                          : 1);
}

// How wide the next tile of a row is: tiles as even as can be, none wider than `most`.
LENET_INLINE int tile(int left, int most) {
  const int tiles = (left + most - 1) / most;
  return (left + tiles - 1) / tiles;
}

// A layer's input with its border of zeros: x itself where there's none.
template <class T>
inline const T* padded(const Layer& layer, const T* x, T* scratch) {
  const int p = layer.padding, width = layer.in.columns + 2 * p, height = layer.in.rows + 2 * p;
  if (p == 0) return x;
  std::memset(static_cast<void*>(scratch), 0, sizeof(T) * static_cast<size_t>(layer.in.maps * width * height));
  for (int c = 0; c < layer.in.maps; ++c)
    for (int r = 0; r < layer.in.rows; ++r)
      std::memcpy(static_cast<void*>(scratch + (c * height + r + p) * width + p),
                  static_cast<const void*>(x + (c * layer.in.rows + r) * layer.in.columns),
                  sizeof(T) * static_cast<size_t>(layer.in.columns));
  return scratch;
}

// Pixels of the padded input: what `padded` takes of the scratch.
inline int padded_size(const Layer& layer) {
  const int p = layer.padding;
  return p ? layer.in.maps * (layer.in.rows + 2 * p) * (layer.in.columns + 2 * p) : 0;
}

// ---- forward ----

// X columns of a row of an output map; w: (input maps, K, K) of that map; x: the row's first pixel in input map 0.
typedef void (*RowKernel)(const float* w, const int* maps, int count, const V* x, int area, int width, float bias,
                          V* y);

template <int K, int X>
void convolve_row(const float* w, const int* maps, int count, const V* x, int area, int width, float bias, V* y) {
  V sums[X];
  LENET_UNROLL
  for (int i = 0; i < X; ++i) sums[i] = broadcast<V>(bias);
  for (int n = 0; n < count; ++n) {
    const float* kernel = w + maps[n] * K * K;
    const V* row = x + maps[n] * area;
    for (int ky = 0; ky < K; ++ky, kernel += K, row += width) {
      V weights[K];
      LENET_UNROLL
      for (int kx = 0; kx < K; ++kx) weights[kx] = broadcast<V>(kernel[kx]);
      LENET_UNROLL
      for (int i = 0; i < X + K - 1; ++i) {
        const V pixel = row[i];
        LENET_UNROLL
        for (int kx = 0; kx < K; ++kx) {
          if (i - kx >= 0 && i - kx < X) sums[i - kx] += pixel * weights[kx];
        }
      }
    }
  }
  LENET_UNROLL
  for (int i = 0; i < X; ++i) y[i] = sums[i];
}

template <int K, int... X>
LENET_INLINE RowKernel row_kernel(int columns, Sequence<X...>) {
  static const RowKernel table[] = {convolve_row<K, X + 1>...};
  return table[columns - 1];
}

inline RowKernel row_kernel(int kernel, int columns) {
  using Widths = typename Count<widest>::type;
  switch (kernel) {
    case 1: return row_kernel<1>(columns, Widths{});
    case 3: return row_kernel<3>(columns, Widths{});
    case 5: return row_kernel<5>(columns, Widths{});
    default: return row_kernel<7>(columns, Widths{});
  }
}

LENET_INLINE bool tiled(const Layer& layer) {
  const int k = layer.window;
  return layer.stride == 1 && (k == 1 || k == 3 || k == 5 || k == 7);
}

// Any kernel, any stride: a row of one output map, four columns at a time.
inline void convolve_row_any(const Layer& layer, const float* w, const int* maps, int count, const V* x, int area,
                             int width, float bias, V* y) {
  const int k = layer.window, s = layer.stride;
  for (int from = 0; from < layer.out.columns; from += 4) {
    const int columns = layer.out.columns - from < 4 ? layer.out.columns - from : 4;
    V sums[4] = {broadcast<V>(bias), broadcast<V>(bias), broadcast<V>(bias), broadcast<V>(bias)};
    for (int n = 0; n < count; ++n)
      for (int ky = 0; ky < k; ++ky)
        for (int kx = 0; kx < k; ++kx) {
          const float weight = w[(maps[n] * k + ky) * k + kx];
          const V* pixel = x + maps[n] * area + ky * width + from * s + kx;
          for (int i = 0; i < columns; ++i) sums[i] += pixel[i * s] * weight;
        }
    for (int i = 0; i < columns; ++i) y[from + i] = sums[i];
  }
}

// Applies the activation too, while a row is in the first-level cache.
inline void forward_convolution(const Layer& layer, const float* parameters, const V* x, V* y, V* scratch) {
  const int k = layer.window, width = layer.in.columns + 2 * layer.padding, out_width = layer.out.columns;
  const int area = width * (layer.in.rows + 2 * layer.padding);
  x = padded(layer, x, scratch);
  for (int r = 0; r < layer.out.rows; ++r) {
    for (int m = 0; m < layer.out.maps; ++m) {
      const float* w = parameters + layer.weight + static_cast<size_t>(m) * layer.in.maps * k * k;
      const float bias = layer.bias ? parameters[layer.offset + m] : 0.0f;
      const int* maps = layer.reads.maps + layer.reads.start[m];
      const int count = layer.reads.start[m + 1] - layer.reads.start[m];
      const V* rows = x + r * layer.stride * width;
      V* out = y + (m * layer.out.rows + r) * out_width;
      if (tiled(layer)) {
        for (int from = 0, columns; from < out_width; from += columns) {
          columns = tile(out_width - from, widest);
          row_kernel(k, columns)(w, maps, count, rows + from, area, width, bias, out + from);
        }
      } else {
        convolve_row_any(layer, w, maps, count, rows, area, width, bias, out);
      }
      activate(layer.activation, out, static_cast<size_t>(out_width));
    }
  }
}

// ---- gradient by inputs ----

// Adds to the D + K - 1 columns at `row` of row r of an input map what D columns of each output map's rows give.
typedef void (*ScatterKernel)(const float* w, int step, const int* maps, int count, const V* delta, Shape out, int r,
                              V* row);

template <int K, int D>
void scatter_row(const float* w, int step, const int* maps, int count, const V* delta, Shape out, int r, V* row) {
  const int from = r - out.rows + 1 > 0 ? r - out.rows + 1 : 0, to = r < K - 1 ? r : K - 1;
  V sums[D + K - 1];
  LENET_UNROLL
  for (int i = 0; i < D + K - 1; ++i) sums[i] = row[i];
  for (int n = 0; n < count; ++n) {
    for (int ky = from; ky <= to; ++ky) {
      const float* kernel = w + maps[n] * step + ky * K;
      const V* pixels = delta + (maps[n] * out.rows + r - ky) * out.columns;
      V weights[K];
      LENET_UNROLL
      for (int kx = 0; kx < K; ++kx) weights[kx] = broadcast<V>(kernel[kx]);
      LENET_UNROLL
      for (int i = 0; i < D; ++i) {
        const V pixel = pixels[i];
        LENET_UNROLL
        for (int kx = 0; kx < K; ++kx) sums[i + kx] += pixel * weights[kx];
      }
    }
  }
  LENET_UNROLL
  for (int i = 0; i < D + K - 1; ++i) row[i] = sums[i];
}

template <int K, int... D>
LENET_INLINE ScatterKernel scatter_kernel(int columns, Sequence<D...>) {
  static const ScatterKernel table[] = {scatter_row<K, D + 1>...};
  return table[columns - 1];
}

inline ScatterKernel scatter_kernel(int kernel, int columns) {
  using Widths = typename Count<widest_scatter>::type;
  switch (kernel) {
    case 1: return scatter_kernel<1>(columns, Widths{});
    case 3: return scatter_kernel<3>(columns, Widths{});
    case 5: return scatter_kernel<5>(columns, Widths{});
    default: return scatter_kernel<7>(columns, Widths{});
  }
}

// Any kernel, any stride: row r of an input map.
inline void scatter_row_any(const Layer& layer, const float* w, int step, const int* maps, int count, const V* delta,
                            int r, V* row) {
  const int k = layer.window, s = layer.stride;
  const Shape out = layer.out;
  for (int ky = 0; ky < k; ++ky) {
    if (r - ky < 0 || (r - ky) % s != 0 || (r - ky) / s >= out.rows) continue;
    for (int n = 0; n < count; ++n) {
      const V* pixels = delta + (maps[n] * out.rows + (r - ky) / s) * out.columns;
      for (int kx = 0; kx < k; ++kx) {
        const float weight = w[maps[n] * step + ky * k + kx];
        for (int i = 0; i < out.columns; ++i) row[i * s + kx] += pixels[i] * weight;
      }
    }
  }
}

inline void descend_convolution(const Layer& layer, const float* parameters, V* x, const V* delta, V* row) {
  const int k = layer.window, p = layer.padding, width = layer.in.columns + 2 * p;
  const int step = layer.in.maps * k * k;
  for (int c = 0; c < layer.in.maps; ++c) {
    const float* w = parameters + layer.weight + static_cast<size_t>(c) * k * k;
    const int* maps = layer.read_by.maps + layer.read_by.start[c];
    const int count = layer.read_by.start[c + 1] - layer.read_by.start[c];
    for (int r = 0; r < layer.in.rows; ++r) {
      std::memset(static_cast<void*>(row), 0, sizeof(V) * static_cast<size_t>(width));
      if (tiled(layer)) {
        for (int from = 0, columns; from < layer.out.columns; from += columns) {
          columns = tile(layer.out.columns - from, widest_scatter);
          scatter_kernel(k, columns)(w, step, maps, count, delta + from, layer.out, r + p, row + from);
        }
      } else {
        scatter_row_any(layer, w, step, maps, count, delta, r + p, row);
      }
      descend(layer.before, x + (c * layer.in.rows + r) * layer.in.columns, row + p,
              static_cast<size_t>(layer.in.columns));
    }
  }
}

// ---- gradient by weights ----

// Adds to sums (M, K) for one row of kernels: x: the input's rows that meet the rows of `delta` (M maps) it is given.
typedef void (*WeighKernel)(const V* x, int width, const V* const* delta, int rows, int columns, V* const* sums);

template <int K, int M>
void weigh_rows(const V* x, int width, const V* const* delta, int rows, int columns, V* const* sums) {
  V s[M][K];
  LENET_UNROLL
  for (int m = 0; m < M; ++m) {
    LENET_UNROLL
    for (int kx = 0; kx < K; ++kx) s[m][kx] = sums[m][kx];
  }
  const V* d[M];
  LENET_UNROLL
  for (int m = 0; m < M; ++m) d[m] = delta[m];
  for (int r = 0; r < rows; ++r, x += width) {
    for (int i = 0; i < columns; ++i) {
      V pixels[K];
      LENET_UNROLL
      for (int kx = 0; kx < K; ++kx) pixels[kx] = x[i + kx];
      LENET_UNROLL
      for (int m = 0; m < M; ++m) {
        const V v = d[m][r * columns + i];
        LENET_UNROLL
        for (int kx = 0; kx < K; ++kx) s[m][kx] += v * pixels[kx];
      }
    }
  }
  LENET_UNROLL
  for (int m = 0; m < M; ++m) {
    LENET_UNROLL
    for (int kx = 0; kx < K; ++kx) sums[m][kx] = s[m][kx];
  }
}

template <int K, int... M>
LENET_INLINE WeighKernel weigh_kernel(int maps, Sequence<M...>) {
  static const WeighKernel table[] = {weigh_rows<K, M + 1>...};
  return table[maps - 1];
}

inline WeighKernel weigh_kernel(int kernel, int maps) {
  switch (kernel) {
    case 1: return weigh_kernel<1>(maps, typename Count<most_maps(1)>::type{});
    case 3: return weigh_kernel<3>(maps, typename Count<most_maps(3)>::type{});
    case 5: return weigh_kernel<5>(maps, typename Count<most_maps(5)>::type{});
    default: return weigh_kernel<7>(maps, typename Count<most_maps(7)>::type{});
  }
}

// Any kernel, any stride: one map; sums (k, k).
inline void weigh_any(const Layer& layer, const V* x, int width, const V* delta, V* sums) {
  const int k = layer.window, s = layer.stride;
  for (int ky = 0; ky < k; ++ky)
    for (int kx = 0; kx < k; ++kx) {
      V even{}, odd{};
      for (int r = 0; r < layer.out.rows; ++r) {
        const V* pixels = x + (r * s + ky) * width + kx;
        const V* d = delta + r * layer.out.columns;
        int i = 0;
        for (; i + 1 < layer.out.columns; i += 2) {
          even += d[i] * pixels[i * s];
          odd += d[i + 1] * pixels[(i + 1) * s];
        }
        if (i < layer.out.columns) even += d[i] * pixels[i * s];
      }
      sums[ky * k + kx] = even + odd;
    }
}

// The sums over the lanes of n vectors, added to the gradient at `place`. May read up to the next multiple of lanes.
inline void add_sums(const V* vectors, int n, const Gradient& gradient, size_t place) {
  for (int i = 0; i < n; i += lanes) {
    V s = sums(vectors + i);
    float* g = gradient.values + place + i;
    const int some = n - i < lanes ? n - i : lanes;
    if (!gradient.first) s += load_some(g, some);
    store_some(g, s, some);
  }
}

// Rows of M output maps and of one input map that stay in the first-level cache together, about 24 KB.
inline int rows_at_once(int maps, int width, int out_width) {
  const int rows = 24576 / static_cast<int>(sizeof(V)) / (maps * out_width + width);
  return rows < 1 ? 1 : rows;
}

inline void learn_convolution(const Layer& layer, const V* x, const V* delta, V* scratch, const Gradient& gradient) {
  const int k = layer.window, width = layer.in.columns + 2 * layer.padding, area = layer.out.area();
  const int in_area = width * (layer.in.rows + 2 * layer.padding), most = tiled(layer) ? most_maps(k) : 1;
  for (int c = 0; c < layer.in.maps; ++c) {
    const int* maps = layer.read_by.maps + layer.read_by.start[c];
    const int count = layer.read_by.start[c + 1] - layer.read_by.start[c];
    const V* input = x + c * in_area;
    for (int from = 0, some; from < count; from += some) {
      some = tile(count - from, most);
      std::memset(static_cast<void*>(scratch), 0, sizeof(V) * static_cast<size_t>(some * (k * k + lanes)));
      if (tiled(layer)) {
        const int stretch = rows_at_once(some, width, layer.out.columns);
        for (int r = 0; r < layer.out.rows; r += stretch) {
          const int rows = layer.out.rows - r < stretch ? layer.out.rows - r : stretch;
          for (int ky = 0; ky < k; ++ky) {
            const V* deltas[8];
            V* sums[8];
            for (int m = 0; m < some; ++m) {
              deltas[m] = delta + maps[from + m] * area + r * layer.out.columns;
              sums[m] = scratch + m * (k * k + lanes) + ky * k;
            }
            weigh_kernel(k, some)(input + (r + ky) * width, width, deltas, rows, layer.out.columns, sums);
          }
        }
      } else {
        weigh_any(layer, input, width, delta + maps[from] * area, scratch);
      }
      for (int m = 0; m < some; ++m)
        add_sums(scratch + m * (k * k + lanes), k * k, gradient,
                 layer.weight + (static_cast<size_t>(maps[from + m]) * layer.in.maps + c) * k * k);
    }
  }
}

// The gradient by a bias is the sum of its map's deltas.
template <class T>
inline void learn_biases(const Layer& layer, const T* delta, const Gradient& gradient) {
  if (!layer.bias) return;
  const int area = layer.out.area();
  for (int m = 0; m < layer.out.maps; ++m) {
    const T* d = delta + static_cast<size_t>(m) * area;
    T sums[4] = {};  // four chains: one would wait for each addition
    int i = 0;
    for (; i + 4 <= area; i += 4) {
      LENET_UNROLL
      for (int k = 0; k < 4; ++k) sums[k] += d[i + k];
    }
    for (; i < area; ++i) sums[0] += d[i];
    const T sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    gradient.add(layer.offset + m, total(sum));
  }
}

inline void backward_convolution(const Layer& layer, const float* parameters, V* x, const V* delta, V* scratch,
                                 const Gradient& gradient) {
  learn_biases(layer, delta, gradient);
  V* rest = scratch + padded_size(layer);
  learn_convolution(layer, padded(layer, x, scratch), delta, rest, gradient);
  if (layer.descends) descend_convolution(layer, parameters, x, delta, rest);
}

}  // namespace LENET_ISA
}  // namespace lenet
