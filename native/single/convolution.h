// Convolution of one image. A map is one long row (see wide.h), and vectors run along it, so that one broadcast weight
// meets as many outputs as fit the registers, of any size of kernel. A stride is taken as a stride of 1, of whose
// outputs only some are kept. A kernel as large as the map makes a dense layer.
//
// Forward and gradient by inputs: `correlate` on N vectors of one map, or of two that read the same maps.
// Gradient by weights: J weights of a kernel's row, for M output maps that read a map, each summed along the row.
#pragma once

#include "../lanes/convolution.h"
#include "dense.h"

namespace lenet {
namespace LENET_ISA {

LENET_INLINE V* aligned(float* p) {
  return reinterpret_cast<V*>((reinterpret_cast<uintptr_t>(p) + sizeof(V) - 1) / sizeof(V) * sizeof(V));
}

// ---- sums of products ----

// Where the kernels of a run of maps lie, and how they meet the pixels.
struct Reading {
  const float* weights;  // of the first map written, the first map read
  int by_written, by_read;
  const float* pixels;  // of the first map read, where the kernel's first weight meets the first position
  int map;              // floats from one map read to the next
  int size;             // of a kernel
  int down, right;      // floats from a pixel to that which the next weight below meets, and the next to the right
};

// Adds to N vectors of M written maps (y, y + step) what `count` maps give, the first being map `from`.
typedef void (*CorrelateKernel)(const Reading& reading, const float* w, const float* x, int count, float* y, int step);

template <int M, int N>
void correlate(const Reading& reading, const float* w, const float* x, int count, float* y, int step) {
  V s[M][N];
  LENET_UNROLL
  for (int m = 0; m < M; ++m) {
    LENET_UNROLL
    for (int i = 0; i < N; ++i) s[m][i] = load(y + m * step + i * lanes);
  }
  const int size = reading.size, right = reading.right, down = reading.down - size * right;
  const int by_written = reading.by_written, next_kernel = reading.by_read - size * size;
  const int next_map = reading.map - size * reading.down;
  for (int n = 0; n < count; ++n, w += next_kernel, x += next_map) {
    for (int ky = 0; ky < size; ++ky, x += down) {
      for (int kx = 0; kx < size; ++kx, x += right, ++w) {
        V weights[M];
        LENET_UNROLL
        for (int m = 0; m < M; ++m) weights[m] = broadcast<V>(w[m * by_written]);
        LENET_UNROLL
        for (int i = 0; i < N; ++i) {
          const V pixels = held(load(x + i * lanes));
          LENET_UNROLL
          for (int m = 0; m < M; ++m) s[m][i] += pixels * weights[m];
        }
      }
    }
  }
  LENET_UNROLL
  for (int m = 0; m < M; ++m) {
    LENET_UNROLL
    for (int i = 0; i < N; ++i) store(y + m * step + i * lanes, s[m][i]);
  }
}

constexpr int widest_pair = registers == 32 ? 14 : 6, widest_one = registers == 32 ? 14 : 12;  // vectors

template <int M, int... N>
LENET_INLINE CorrelateKernel correlate_kernel(int vectors, Sequence<N...>) {
  static const CorrelateKernel table[] = {correlate<M, N + 1>...};
  return table[vectors - 1];
}

// Adds to `positions` floats of written maps m and (where `pair`) m + 1, at y and y + step, all that they read.
inline void correlate_maps(const Reading& reading, const Connections& reads, int m, bool pair, int positions, float* y,
                           int step) {
  const int vectors = (positions + lanes - 1) / lanes;
  for (int at = 0, some; at < vectors; at += some) {
    some = tile(vectors - at, pair ? widest_pair : widest_one);
    const CorrelateKernel one = correlate_kernel<1>(some, typename Count<widest_one>::type{});
    const CorrelateKernel both = correlate_kernel<2>(pair ? some : 1, typename Count<widest_pair>::type{});
    const int *a = reads.maps + reads.start[m], *a_end = reads.maps + reads.start[m + 1];
    const int *b = a_end, *b_end = pair ? reads.maps + reads.start[m + 2] : b;
    const float* w = reading.weights + static_cast<size_t>(m) * reading.by_written;
    float* out = y + at * lanes;
    while (a < a_end || b < b_end) {
      const int map = b == b_end || (a < a_end && *a < *b) ? *a : *b;
      const bool of_a = a < a_end && *a == map, of_b = b < b_end && *b == map;
      int n = 0;  // maps in a row that the same ones read
      while ((a < a_end && *a == map + n) == of_a && (b < b_end && *b == map + n) == of_b) {
        a += of_a;
        b += of_b;
        ++n;
      }
      const float* kernels = w + static_cast<size_t>(map) * reading.by_read;
      const float* x = reading.pixels + static_cast<size_t>(map) * reading.map + at * lanes;
      if (of_a && of_b)
        both(reading, kernels, x, n, out, step);
      else if (of_a)
        one(reading, kernels, x, n, out, step);
      else
        one(reading, kernels + reading.by_written, x, n, out + step, step);
    }
  }
}

// Copies rows `down` apart of columns `right` apart to y, without gaps. What lies between y and `end` may be spoilt.
inline void gather(const float* x, int down, int right, int rows, int columns, float* y, const float* end) {
  for (int r = 0; r < rows; ++r, x += down, y += columns) {
    if (right != 1) {
      for (int i = 0; i < columns; ++i) y[i] = x[i * right];
      continue;
    }
    for (int i = 0; i < columns; i += lanes) {
      if (end - (y + i) >= lanes)
        store(y + i, load(x + i));
      else
        store_some(y + i, load(x + i), columns - i < lanes ? columns - i : lanes);
    }
  }
}

// ---- forward ----

// Applies the activation too.
inline void forward_convolution(const Layer& layer, const float* parameters, const float* x, float* y, float* scratch) {
  x = padded(layer, x, scratch);
  if (one_position(layer)) {
    forward_units(units(layer, parameters), layer.bias ? parameters + layer.offset : nullptr, x, y);
    activate_floats(layer.activation, y, layer.out.maps);
    return;
  }
  const Wide w = wide(layer);
  const int k = layer.window, maps = layer.out.maps, area = layer.out.rows * layer.out.columns;
  const int step = round_up(w.outputs);
  const Reading reading = {parameters + layer.weight, layer.in.maps * k * k, k * k, x, w.area, k, w.width, 1};
  float* sums = reinterpret_cast<float*>(aligned(scratch + layer.in.maps * w.area + most_lanes));
  for (int from = 0; from < maps; from += 2) {
    const int some = maps - from < 2 ? 1 : 2;
    for (int m = 0; m < some; ++m) {
      const V bias = broadcast<V>(layer.bias ? parameters[layer.offset + from + m] : 0.0f);
      for (int i = 0; i < w.outputs; i += lanes) store(sums + m * step + i, bias);
    }
    correlate_maps(reading, layer.reads, from, some == 2, w.outputs, sums, step);
    for (int m = 0; m < some; ++m)
      gather(sums + m * step, w.width * layer.stride, layer.stride, layer.out.rows, layer.out.columns,
             y + (from + m) * area, y + maps * area);
  }
  activate_floats(layer.activation, y, maps * area);
}

// ---- gradient by inputs ----

// Lays the deltas out at their positions, (maps, wide.delta), zeros between them and around.
inline void spread(const Layer& layer, const Wide& w, const float* delta, float* to) {
  std::memset(to, 0, sizeof(float) * static_cast<size_t>(layer.out.maps * w.delta + most_lanes));
  const int columns = layer.out.columns, s = layer.stride;
  for (int m = 0; m < layer.out.maps; ++m) {
    float* row = to + m * w.delta + w.margin;
    for (int r = 0; r < layer.out.rows; ++r, row += w.width * s, delta += columns) {
      if (s == 1)
        for (int i = 0; i < columns; i += lanes) store(row + i, load_first(delta + i, columns - i));
      else
        for (int i = 0; i < columns; ++i) row[i * s] = delta[i];
    }
  }
}

// deltas: as `spread`; sums: room for two maps; dx: for all.
inline void descend_convolution(const Layer& layer, const Wide& w, const float* parameters, float* x,
                                const float* deltas, float* sums, float* dx) {
  const int k = layer.window, maps = layer.in.maps, area = layer.in.rows * layer.in.columns;
  const int step = round_up(w.inputs);
  const Reading reading = {
      parameters + layer.weight, k * k, maps * k * k, deltas + w.margin + w.first, w.delta, k, -w.width, -1};
  for (int from = 0; from < maps; from += 2) {
    const int some = maps - from < 2 ? 1 : 2;
    std::memset(sums, 0, sizeof(float) * static_cast<size_t>(some * step));
    correlate_maps(reading, layer.read_by, from, some == 2, w.inputs, sums, step);
    for (int m = 0; m < some; ++m)
      gather(sums + m * step, w.width, 1, layer.in.rows, layer.in.columns, dx + (from + m) * area,
             dx + maps * area + most_lanes);
  }
  descend_floats(layer.before, x, dx, maps * area);
}

// ---- gradient by weights ----

// J weights of a kernel's row for M maps of deltas, summed along n floats; a map's sums lie `step` after the last's.
typedef void (*WeighRow)(const float* x, const float* const* deltas, int n, V* sums, int step);

template <int J, int M>
void weigh_row(const float* x, const float* const* deltas, int n, V* sums, int step) {
  V s[M][J] = {};
  const float* d[M];
  LENET_UNROLL
  for (int m = 0; m < M; ++m) d[m] = deltas[m];
  for (int i = 0; i < n; i += lanes) {
    V v[M];
    LENET_UNROLL
    for (int m = 0; m < M; ++m) v[m] = load(d[m] + i);
    LENET_UNROLL
    for (int j = 0; j < J; ++j) {
      const V pixels = held(load(x + i + j));
      LENET_UNROLL
      for (int m = 0; m < M; ++m) s[m][j] += v[m] * pixels;
    }
  }
  LENET_UNROLL
  for (int m = 0; m < M; ++m) {
    LENET_UNROLL
    for (int j = 0; j < J; ++j) sums[m * step + j] = s[m][j];
  }
}

constexpr int most_weighed = registers == 32 ? 5 : 2;  // maps

template <int J, int... M>
LENET_INLINE WeighRow weigh_row_of(int maps, Sequence<M...>) {
  static const WeighRow table[] = {weigh_row<J, M + 1>...};
  return table[maps - 1];
}

inline WeighRow weigh_row_of(int columns, int maps) {
  using Maps = typename Count<most_weighed>::type;
  switch (columns) {
    case 1: return weigh_row_of<1>(maps, Maps{});
    case 2: return weigh_row_of<2>(maps, Maps{});
    case 3: return weigh_row_of<3>(maps, Maps{});
    case 4: return weigh_row_of<4>(maps, Maps{});
    default: return weigh_row_of<5>(maps, Maps{});
  }
}

// x: the padded inputs, a vector more of which is finite; deltas: as `spread`.
inline void learn_kernels(const Layer& layer, const Wide& w, const float* x, const float* deltas, float* scratch,
                          const Gradient& gradient) {
  const int k = layer.window, size = k * k;
  V* sums = aligned(scratch);  // (maps, size)
  float* row = reinterpret_cast<float*>(sums + most_weighed * size + lanes);
  for (int c = 0; c < layer.in.maps; ++c) {
    const int* maps = layer.read_by.maps + layer.read_by.start[c];
    const int count = layer.read_by.start[c + 1] - layer.read_by.start[c];
    for (int from = 0, some; from < count; from += some) {
      some = tile(count - from, most_weighed);
      const float* of[most_weighed];
      for (int m = 0; m < some; ++m) of[m] = deltas + maps[from + m] * w.delta + w.margin;
      for (int ky = 0; ky < k; ++ky)
        for (int kx = 0, columns; kx < k; kx += columns) {
          columns = tile(k - kx, 5);
          weigh_row_of(columns, some)(x + c * w.area + ky * w.width + kx, of, w.outputs, sums + ky * k + kx, size);
        }
      for (int i = 0; i < some * size; i += lanes) store(row + i, LENET_ISA::sums(sums + i));
      for (int m = 0; m < some; ++m) {
        const size_t kernel = static_cast<size_t>(maps[from + m]) * layer.in.maps + c;
        add_row(gradient, layer.weight + kernel * size, row + m * size, 1.0f, size);
      }
    }
  }
}

// The gradient by a bias is the sum of its map's deltas.
inline void learn_biases(const Layer& layer, const Wide& w, const float* deltas, const Gradient& gradient) {
  if (!layer.bias) return;
  for (int from = 0; from < layer.out.maps; from += lanes) {
    const int some = layer.out.maps - from < lanes ? layer.out.maps - from : lanes;
    V maps[lanes] = {};
    float row[lanes];
    for (int m = 0; m < some; ++m) {
      const float* d = deltas + (from + m) * w.delta + w.margin;
      V even{}, odd{};
      int i = 0;
      for (; i + lanes < w.outputs; i += 2 * lanes) {
        even += load(d + i);
        odd += load(d + i + lanes);
      }
      maps[m] = i < w.outputs ? even + odd + load(d + i) : even + odd;
    }
    store(row, sums(maps));
    add_row(gradient, layer.offset + from, row, 1.0f, some);
  }
}

inline void backward_convolution(const Layer& layer, const float* parameters, float* x, const float* delta,
                                 float* scratch, const Gradient& gradient) {
  const Wide w = wide(layer);
  const int size = layer.in.maps * w.area;
  float* inputs = reinterpret_cast<float*>(aligned(scratch));
  if (padded(layer, x, inputs) == x) std::memcpy(inputs, x, sizeof(float) * static_cast<size_t>(size));
  store(inputs + size, V{});
  float* deltas = inputs + round_up(size) + most_lanes;
  if (one_position(layer)) {
    const Units rows = units(layer, parameters);
    learn_units(layer, rows, inputs, delta, gradient);
    if (!layer.descends) return;
    descend_units(rows, delta, deltas);
    float* dx = deltas + round_up(size) + most_lanes;
    for (int c = 0; c < layer.in.maps; ++c)
      gather(deltas + c * w.area + w.first, w.width, 1, layer.in.rows, layer.in.columns,
             dx + c * layer.in.rows * layer.in.columns, dx + size + most_lanes);
    descend_floats(layer.before, x, dx, layer.in.maps * layer.in.rows * layer.in.columns);
    return;
  }
  spread(layer, w, delta, deltas);
  float* rest = deltas + layer.out.maps * w.delta + most_lanes;
  learn_biases(layer, w, deltas, gradient);
  learn_kernels(layer, w, inputs, deltas, rest, gradient);
  if (!layer.descends) return;
  float* dx = rest + 2 * round_up(w.inputs);
  descend_convolution(layer, w, parameters, x, deltas, rest, dx);
}

}  // namespace LENET_ISA
}  // namespace lenet
