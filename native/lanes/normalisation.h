// Layers that normalise a pixel by its neighbours: across maps, and across a window
// (src/lenet/network/normalisation.py).
#pragma once

#include "layer.h"

namespace lenet {
namespace LENET_ISA {

// ---- across maps: y_m = x_m d_m^-beta, d_m = k + alpha times the sum of x^2 over the maps beside m ----

LENET_INLINE I bits(V v) { return reinterpret_cast<I>(v); }
LENET_INLINE int32_t bits(float v) {
  int32_t b;
  std::memcpy(&b, &v, sizeof b);
  return b;
}

// log(2^n m) = n log(2) + 2 artanh((m - 1) / (m + 1)), m from 0.7 to 1.4, for x above 0 and not denormal.
template <class T>
LENET_INLINE T logarithm(T x) {
  const auto n = (bits(x) - 0x3f3504f3) >> 23;  // sqrt(1/2)
  const T m = x * power_of_two(-n), s = (m - 1.0f) / (m + 1.0f), t = s * s;
  const T series = ((t * (2.0f / 9) + 2.0f / 7) * t + 2.0f / 5) * t + 2.0f / 3;
  return real(n) * 0.693147181f + (s * t * series + s * 2.0f);
}

// d^-beta, d above 0.
template <class T>
LENET_INLINE T response_scale(const Layer& layer, T d) {
  const float beta = layer.constants[1];
  if (beta == 0.75f) return 1.0f / (root(d) * root(root(d)));
  return exponential(logarithm(d) * -beta);
}

// The maps that the sum of map m takes in.
struct Beside {
  int from, to;
  LENET_INLINE Beside(const Layer& layer, int m) : from(m - layer.window / 2), to(m + (layer.window - 1) / 2 + 1) {
    if (from < 0) from = 0;
    if (to > layer.in.maps) to = layer.in.maps;
  }
};

// d of map m at a place of x; `area`: from one map to the next.
template <class T>
LENET_INLINE T response_divisor(const Layer& layer, const T* x, int area, const Beside& maps) {
  T squares{};
  for (int j = maps.from; j < maps.to; ++j) squares += x[j * area] * x[j * area];
  return squares * layer.constants[0] + layer.constants[2];
}

template <class T>
inline void forward_response(const Layer& layer, const T* x, T* y) {
  const int area = layer.in.area();
  for (int m = 0; m < layer.in.maps; ++m) {
    const Beside maps(layer, m);
    for (int i = 0; i < area; ++i)
      y[m * area + i] = x[m * area + i] * response_scale(layer, response_divisor(layer, x + i, area, maps));
  }
}

// dx_m = dy_m d_m^-beta - 2 alpha beta x_m sum of dy_j x_j d_j^(-beta - 1) over the j whose sum takes in m: a row of
// pixels at a time, for which the scratch holds both terms, (maps, columns) each.
template <class T>
inline void backward_response(const Layer& layer, T* x, const T* delta, T* scratch) {
  const int maps = layer.in.maps, columns = layer.in.columns, area = layer.in.area();
  const float factor = 2.0f * layer.constants[0] * layer.constants[1];
  T *own = scratch, *through = scratch + maps * columns;
  for (int row = 0; row < area; row += columns) {
    for (int m = 0; m < maps; ++m) {
      const Beside beside(layer, m);
      for (int c = 0; c < columns; ++c) {
        const int i = m * area + row + c;
        const T d = response_divisor(layer, x + row + c, area, beside);
        own[m * columns + c] = delta[i] * response_scale(layer, d);
        through[m * columns + c] = own[m * columns + c] * x[i] / d;
      }
    }
    for (int m = 0; m < maps; ++m) {
      int from = m - (layer.window - 1) / 2, to = m + layer.window / 2 + 1;
      if (from < 0) from = 0;
      if (to > maps) to = maps;
      for (int c = 0; c < columns; ++c) {
        T sum{};
        for (int j = from; j < to; ++j) sum += through[j * columns + c];
        own[m * columns + c] -= x[m * area + row + c] * sum * factor;
      }
      descend(layer.before, x + m * area + row, own + m * columns, static_cast<size_t>(columns));
    }
  }
}

// ---- across a window: v = x - sum w x, s = sqrt(sum w v^2), y = v / d, d = max(mean of s, s, floor) ----

// The window's weights: a Gaussian of one side's distances from the middle, and for each row and each column of the map
// one over the sum of those inside it.
template <class T>
struct Gaussian {
  int reach, rows, columns;
  T *weights, *by_row, *by_column;  // (reach + 1), (rows), (columns), in the scratch

  Gaussian(const Layer& layer, T* scratch)
      : reach(layer.window / 2),
        rows(layer.in.rows),
        columns(layer.in.columns),
        weights(scratch),
        by_row(weights + reach + 1),
        by_column(by_row + rows) {
    const float deviation = layer.constants[0];
    for (int i = 0; i <= reach; ++i) {
      const float distance = static_cast<float>(i) / deviation;
      weights[i] = broadcast<T>(i == 0 ? 1.0f : exponential(-0.5f * distance * distance));
    }
    normalise(by_row, rows);
    normalise(by_column, columns);
  }

  T* end() const { return by_column + columns; }

  // z, (rows, columns), becomes its local mean; `space`: as large.
  void average(T* z, T* space) const {
    smooth(z, space);
    scale(z);
  }
  // z, a gradient by local means, becomes that by what they are means of.
  void spread(T* z, T* space) const {
    scale(z);
    smooth(z, space);
  }

 private:
  void normalise(T* inverse, int length) const {
    for (int at = 0; at < length; ++at) {
      T sum{};
      for (int i = at - reach < 0 ? 0 : at - reach; i <= at + reach && i < length; ++i)
        sum += weights[i < at ? at - i : i - at];
      inverse[at] = 1.0f / sum;
    }
  }
  void smooth(T* z, T* space) const {
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c) {
        T sum{};
        for (int i = c - reach < 0 ? 0 : c - reach; i <= c + reach && i < columns; ++i)
          sum += z[r * columns + i] * weights[i < c ? c - i : i - c];
        space[r * columns + c] = sum;
      }
    for (int r = 0; r < rows; ++r) {
      T* out = z + r * columns;
      for (int c = 0; c < columns; ++c) out[c] = space[r * columns + c] * weights[0];
      for (int i = r - reach < 0 ? 0 : r - reach; i <= r + reach && i < rows; ++i) {
        if (i == r) continue;
        const T weight = weights[i < r ? r - i : i - r];
        for (int c = 0; c < columns; ++c) out[c] += space[i * columns + c] * weight;
      }
    }
  }
  void scale(T* z) const {
    for (int r = 0; r < rows; ++r)
      for (int c = 0; c < columns; ++c) z[r * columns + c] *= by_row[r] * by_column[c];
  }
};

// mean = the local means of x; s: as above; `space`: as large as each. Returns the mean of s.
template <class T>
inline T contrast_parts(const Layer& layer, const Gaussian<T>& gaussian, const T* x, T* mean, T* s, T* space) {
  const int area = layer.in.area(), maps = layer.in.maps;
  const float share = 1.0f / static_cast<float>(maps);
  for (int i = 0; i < area; ++i) {
    T sum{};
    for (int m = 0; m < maps; ++m) sum += x[m * area + i];
    mean[i] = sum * share;
  }
  gaussian.average(mean, space);
  for (int i = 0; i < area; ++i) {
    T squares{};
    for (int m = 0; m < maps; ++m) {
      const T v = x[m * area + i] - mean[i];
      squares += v * v;
    }
    s[i] = squares * share;
  }
  gaussian.average(s, space);
  T total{};
  for (int i = 0; i < area; ++i) {
    s[i] = root(s[i]);
    total += s[i];
  }
  return total * (1.0f / static_cast<float>(area));
}

template <class T>
LENET_INLINE T contrast_divisor(const Layer& layer, T s, T mean) {
  return maximum(maximum(s, mean), broadcast<T>(layer.constants[1]));
}

template <class T>
inline void forward_contrast(const Layer& layer, const T* x, T* y, T* scratch) {
  const int area = layer.in.area();
  const Gaussian<T> gaussian(layer, scratch);
  T *mean = gaussian.end(), *s = mean + area;
  const T mean_s = contrast_parts(layer, gaussian, x, mean, s, s + area);
  for (int i = 0; i < area; ++i) s[i] = 1.0f / contrast_divisor(layer, s[i], mean_s);
  for (int m = 0; m < layer.in.maps; ++m)
    for (int i = 0; i < area; ++i) y[m * area + i] = (x[m * area + i] - mean[i]) * s[i];
}

// With ds the gradient by s, from d directly and through the mean of s, and b = spread(ds / 2 s) / maps:
// dv = dy / d + 2 v b, and dx = dv - spread(sum of dv over the maps) / maps.
template <class T>
inline void backward_contrast(const Layer& layer, T* x, const T* delta, T* scratch) {
  const int area = layer.in.area(), maps = layer.in.maps;
  const float share = 1.0f / static_cast<float>(maps);
  const Gaussian<T> gaussian(layer, scratch);
  T *mean = gaussian.end(), *s = mean + area, *b = s + area, *even = b + area, *space = even + area;
  const T mean_s = contrast_parts(layer, gaussian, x, mean, s, space);
  const T nothing{}, floor = broadcast<T>(layer.constants[1]);

  T by_mean{};
  for (int i = 0; i < area; ++i) {
    const T inverse = 1.0f / contrast_divisor(layer, s[i], mean_s);
    T by_inverse{};
    for (int m = 0; m < maps; ++m) by_inverse += delta[m * area + i] * (x[m * area + i] - mean[i]);
    const T by_divisor = -by_inverse * inverse * inverse;
    b[i] = ((s[i] > mean_s) & (s[i] > floor)) ? by_divisor : nothing;
    by_mean += ((s[i] <= mean_s) & (mean_s > floor)) ? by_divisor : nothing;
    even[i] = inverse;
  }
  by_mean *= 1.0f / static_cast<float>(area);
  for (int i = 0; i < area; ++i) b[i] = s[i] > nothing ? (b[i] + by_mean) / s[i] * share : nothing;  // 2 ds / 2 s
  gaussian.spread(b, space);

  T* inverse = s;  // s has been used
  for (int i = 0; i < area; ++i) {
    T sum{};
    inverse[i] = even[i];
    for (int m = 0; m < maps; ++m) sum += delta[m * area + i] * inverse[i] + (x[m * area + i] - mean[i]) * b[i];
    even[i] = sum * share;
  }
  gaussian.spread(even, space);
  for (int m = 0; m < maps; ++m) {
    const T* dy = delta + m * area;
    T* map = x + m * area;
    for (int i = 0; i < area; ++i) space[i] = dy[i] * inverse[i] + (map[i] - mean[i]) * b[i] - even[i];
    descend(layer.before, map, space, static_cast<size_t>(area));
  }
}

// ---- the layers ----

// `scratch`: norm_scratch(layer) pixels, in both.
template <class T>
inline void forward_norm(const Layer& layer, const float*, const T* x, T* y, T* scratch, const Pass&) {
  if (layer.kind == Kind::response_norm) return forward_response(layer, x, y);
  forward_contrast(layer, x, y, scratch);
}

template <class T>
inline void backward_norm(const Layer& layer, const float*, T* x, const T* delta, T* scratch, const Gradient&,
                          const Pass&) {
  if (!layer.descends) return;  // there's nothing to learn here
  if (layer.kind == Kind::response_norm) return backward_response(layer, x, delta, scratch);
  backward_contrast(layer, x, delta, scratch);
}

}  // namespace LENET_ISA
}  // namespace lenet
