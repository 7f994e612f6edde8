// Random distortions of a picture: an affine map, elastic displacement (Simard, Steinkraus and Platt, 2003), and salt
// and pepper. The same as src/lenet/engine/reference/distortion.py, which lists the random numbers.
#pragma once

#include "../scratch.h"
#include "activation.h"
#include "randomness.h"
#include "simd.h"

namespace lenet {
namespace LENET_ISA {

constexpr int first_noise = 16;  // number of the first random number of the elastic displacement

// Where a pixel comes from, as rows and columns of the picture: column = xx c + xy r + x, row = yx c + yy r + y.
struct Affine {
  float xx, xy, x, yx, yy, y;
};

// The inverse of target = rotation x shear x scale x source + shift, of (x, y) from the middle, y down.
inline Affine affine(const Distortion& d, uint64_t key, Shape picture) {
  float random[7];
  for (int i = 1; i < 7; ++i) random[i] = 2.0f * draw(key, static_cast<uint64_t>(i)) - 1.0f;
  const float shift_x = d.shift * random[1], shift_y = d.shift * random[2], shear = d.shear * random[5];
  const float scale = 1.0f + d.scale * random[3], squeeze = 1.0f + d.squeeze * random[4];
  const float angle = d.rotation * random[6] * 0.0174532925f;  // degrees
  const float cosine = __builtin_cosf(angle), sine = __builtin_sinf(angle);
  const float wide = scale * squeeze, high = scale / squeeze;
  Affine a;
  a.xx = (cosine + shear * sine) / wide;
  a.xy = (sine - shear * cosine) / wide;
  a.yx = -sine / high;
  a.yy = cosine / high;
  const float middle_x = 0.5f * static_cast<float>(picture.columns - 1);
  const float middle_y = 0.5f * static_cast<float>(picture.rows - 1);
  a.x = middle_x - a.xx * (middle_x + shift_x) - a.xy * (middle_y + shift_y);
  a.y = middle_y - a.yx * (middle_x + shift_x) - a.yy * (middle_y + shift_y);
  return a;
}

// Elastic displacements: smoothed noise, in rows of whole vectors.
struct Elastic {
  int rows, columns, width;  // width: floats from one row to the next
  int reach;                 // pixels from a Gaussian's middle to its end, or as far as the picture goes
  float *fields[2], *noise, *row, *weights;

  // Places in the scratch, which `distortion_scratch` measures.
  Elastic(const Distortion& d, Shape picture, float* scratch)
      : rows(picture.rows),
        columns(picture.columns),
        width((columns + lanes - 1) / lanes * lanes),
        reach(elastic_reach(picture, d)),
        fields{scratch, scratch + rows * width},
        noise(scratch + 2 * rows * width),
        row(scratch + 3 * rows * width),
        weights(row + width + 2 * reach) {}

  // dx and dy, (rows, width) each. Noise in [-1, 1) has a variance of 1/3, and smoothing multiplies it by the square of
  // the sum of squares of one side's weights.
  void draw_fields(const Distortion& d, uint64_t key) {
    const float size = weigh(d);
    for (int f = 0; f < 2; ++f) {
      for (int r = 0; r < rows; ++r) {
        draw_noise(key, static_cast<uint64_t>(first_noise + (f * rows + r) * columns), columns, noise + r * width);
        for (int c = columns; c < width; ++c) noise[r * width + c] = 0.0f;
      }
      for (int c = 0; c < reach; ++c) row[c] = row[reach + width + c] = 0.0f;
      for (int r = 0; r < rows; ++r) smooth_row(r, size, fields[f] + r * width);
    }
  }

 private:
  // The Gaussian's weights, which sum to 1 over its whole reach. Returns what gives the fields their deviation.
  float weigh(const Distortion& d) {
    float sum = 1.0f, squares = 1.0f;
    const int radius = elastic_radius(d);
    weights[0] = 1.0f;
    for (int i = 1; i <= radius; ++i) {
      const float distance = static_cast<float>(i) / d.smoothness, weight = __builtin_expf(-0.5f * distance * distance);
      sum += 2.0f * weight;
      squares += 2.0f * weight * weight;
      if (i <= reach) weights[i] = weight;
    }
    for (int i = 0; i <= reach; ++i) weights[i] /= sum;
    return d.elastic * 1.73205081f * sum * sum / squares;
  }

  // Row r of the noise smoothed along columns, then along the row itself.
  void smooth_row(int r, float size, float* out) {
    const int from = r - reach < 0 ? 0 : r - reach, to = r + reach < rows ? r + reach + 1 : rows;
    for (int c = 0; c < width; c += lanes) {
      V sum{};
      for (int i = from; i < to; ++i) sum += load(noise + i * width + c) * weights[i < r ? r - i : i - r];
      store(row + reach + c, sum);
    }
    for (int c = 0; c < width; c += lanes) {
      const float* middle = row + reach + c;
      V sum = load(middle) * weights[0];
      for (int i = 1; i <= reach; ++i) sum += (load(middle - i) + load(middle + i)) * weights[i];
      store(out + c, sum * size);
    }
  }
};

// The picture's pixels, 0 to 1, within a border of zeros of one pixel before and two after.
struct Bordered {
  int width;
  float* pixels;

  Bordered(Shape picture, float* scratch) : width(picture.columns + 3), pixels(scratch) {
    std::memset(pixels, 0, sizeof(float) * static_cast<size_t>(width * (picture.rows + 3)));
  }

  // The first pixel of row r, behind the border.
  float* row(int r) const { return pixels + (r + 1) * width + 1; }
};

// out = pixels `from` to `from` + `count` of a picture of bytes or of floats, 0 to 1.
inline void copy_pixels(const uint8_t* bytes, const float* floats, int from, int count, float* __restrict out) {
  if (floats) {
    std::memcpy(out, floats + from, sizeof(float) * static_cast<size_t>(count));
    return;
  }
  for (int i = 0; i < count; ++i) out[i] = static_cast<float>(bytes[from + i]) * (1.0f / 255);
}

typedef float Pair __attribute__((vector_size(8)));
typedef float PairUnaligned __attribute__((vector_size(8), aligned(4), may_alias));

LENET_INLINE Pair load_pair(const float* p) { return *reinterpret_cast<const PairUnaligned*>(p); }

// A row of the result: pixel (r, c) is the picture at the place it comes from, mixed from the four pixels around.
// Places beyond the border are moved onto it, where all is 0. dx, dy: displacements, or null. Pixels are fetched two by
// two: the processors' own gathering of many is slower.
inline void sample_row(const Affine& a, const Bordered& source, Shape picture, int r, const float* dx, const float* dy,
                       float* out) {
  const V zero{}, last_x = broadcast<V>(static_cast<float>(picture.columns + 1));
  const V last_y = broadcast<V>(static_cast<float>(picture.rows + 1));
  const float row_x = a.xy * static_cast<float>(r) + a.x + 1.0f, row_y = a.yy * static_cast<float>(r) + a.y + 1.0f;
  V column;
  for (int i = 0; i < lanes; ++i) column[i] = static_cast<float>(i);
  for (int from = 0; from < picture.columns; from += lanes, column += static_cast<float>(lanes)) {
    V x = column * a.xx + row_x, y = column * a.yx + row_y;
    if (dx) x += load(dx + from), y += load(dy + from);
    x = minimum(maximum(x, zero), last_x);
    y = minimum(maximum(y, zero), last_y);
    const I left = whole(x), top = whole(y), at = top * source.width + left;
    const V right = x - real(left), low = y - real(top);
    const int some = picture.columns - from < lanes ? picture.columns - from : lanes;
    for (int i = 0; i < some; ++i) {
      const float* pixels = source.pixels + at[i];
      const Pair upper = load_pair(pixels), lower = load_pair(pixels + source.width);
      const Pair mixed = upper + (lower - upper) * low[i];
      out[from + i] = mixed[0] + right[i] * (mixed[1] - mixed[0]);
    }
  }
}

// Salt and pepper: each place of the picture, all its channels alike, is turned over with the chance of `noise`.
inline void turn_over(float noise, uint64_t key, Shape picture, float* __restrict out) {
  const uint64_t first = static_cast<uint64_t>(first_noise + 2 * picture.area());
  for (int m = 0; m < picture.maps; ++m, out += picture.area()) {
    uint64_t z = key + (first + 1) * golden;
    for (int i = 0; i < picture.area(); ++i, z += golden) out[i] = uniform(mix(z)) < noise ? 1.0f - out[i] : out[i];
  }
}

// out (channels, rows, columns), 0 to 1 = a pattern's picture, distorted as the draws say: by its pass, or where there
// are copies by its copy, of which the first is the picture itself. `scratch`: distortion_scratch(picture, d) floats.
inline void distort(const Distortion& d, const Draws& draws, int64_t pattern, Shape picture, const Pictures& pictures,
                    float* out, float* scratch) {
  const int64_t count = static_cast<int64_t>(pictures.count), row = pattern % count, copy = pattern / count;
  const size_t first = static_cast<size_t>(picture.size()) * static_cast<size_t>(row);
  const uint8_t* bytes = pictures.bytes ? pictures.bytes + first : nullptr;
  const float* floats = pictures.floats ? pictures.floats + first : nullptr;
  const uint64_t random = key(Draws{draws.seed, d.copies ? static_cast<uint64_t>(copy) : draws.pass}, row);
  if ((d.copies && copy == 0) || !(draw(random, 0) < d.share))
    return copy_pixels(bytes, floats, 0, picture.size(), out);
  const Affine map = affine(d, random, picture);
  const Bordered source(picture, scratch);
  Elastic elastic(d, picture, scratch + source.width * (picture.rows + 3));
  const bool moved = d.elastic != 0.0f;
  if (moved) elastic.draw_fields(d, random);
  for (int m = 0; m < picture.maps; ++m) {
    for (int r = 0; r < picture.rows; ++r)
      copy_pixels(bytes, floats, (m * picture.rows + r) * picture.columns, picture.columns, source.row(r));
    for (int r = 0; r < picture.rows; ++r)
      sample_row(map, source, picture, r, moved ? elastic.fields[0] + r * elastic.width : nullptr,
                 moved ? elastic.fields[1] + r * elastic.width : nullptr,
                 out + (m * picture.rows + r) * picture.columns);
  }
  if (d.noise > 0.0f) turn_over(d.noise, random, picture, out);
}

}  // namespace LENET_ISA
}  // namespace lenet
