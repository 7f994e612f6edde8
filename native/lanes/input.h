// From pictures to the prepared input: x = low + (high - low) p / 255, with a border of `low`.
// Bytes stay bytes until here: those of a block are turned so that an image lies in each lane.
#pragma once

#include "distortion.h"
#include "layer.h"

namespace lenet {
namespace LENET_ISA {

typedef uint8_t Bytes __attribute__((vector_size(16)));
typedef uint8_t LaneBytes __attribute__((vector_size(LENET_LANES), aligned(1), may_alias));
typedef int32_t LaneInts __attribute__((vector_size(4 * LENET_LANES)));

#ifdef __clang__
#define LENET_SHUFFLE_BYTES(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define LENET_SHUFFLE_BYTES(a, b, ...) __builtin_shuffle(a, b, Bytes{__VA_ARGS__})
#endif

// 16 bytes of each lane's picture become 16 groups of a byte of each lane: a perfect shuffle, log2(lanes) times.
LENET_INLINE void turn(const uint8_t* const* pictures, size_t at, uint8_t* out) {
  Bytes a[lanes], b[lanes];
  LENET_UNROLL
  for (int n = 0; n < lanes; ++n) std::memcpy(&a[n], pictures[n] + at, 16);
  LENET_UNROLL
  for (int step = 1; step < lanes; step *= 2) {
    LENET_UNROLL
    for (int n = 0; n < lanes / 2; ++n) {
      b[2 * n] = LENET_SHUFFLE_BYTES(a[n], a[n + lanes / 2], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
      b[2 * n + 1] =
          LENET_SHUFFLE_BYTES(a[n], a[n + lanes / 2], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
    LENET_UNROLL
    for (int n = 0; n < lanes; ++n) a[n] = b[n];
  }
  std::memcpy(out, a, sizeof a);
}

// Where pixel i of a picture lies in the padded input.
struct Frame {
  int columns, wide, padding, area, padded_area;
  explicit Frame(const Preparation& p)
      : columns(p.picture.columns),
        wide(p.picture.columns + 2 * p.padding),
        padding(p.padding),
        area(p.picture.area()),
        padded_area((p.picture.rows + 2 * p.padding) * wide) {}
  LENET_INLINE int place(int i) const {
    const int channel = i / area, row = i % area / columns, column = i % columns;
    return channel * padded_area + (row + padding) * wide + column + padding;
  }
};

template <class T>
inline void fill(T* x, int count, float value) {
  for (int i = 0; i < count; ++i) x[i] = broadcast<T>(value);
}

inline void load_bytes(const Preparation& p, const uint8_t* const* pictures, V* x) {
  const Frame frame(p);
  const int size = p.picture.size();
  const float scale = (p.high - p.low) / 255.0f;
  alignas(64) uint8_t group[16 * lanes];
  for (int from = 0; from < size; from += 16) {
    const int some = size - from < 16 ? size - from : 16;
    if (some == 16) {
      turn(pictures, static_cast<size_t>(from), group);
    } else {
      for (int i = 0; i < some; ++i)
        for (int n = 0; n < lanes; ++n) group[i * lanes + n] = pictures[n][from + i];
    }
    int place = frame.place(from), column = from % frame.columns;
    for (int i = 0; i < some; ++i, ++place) {
      if (column++ == frame.columns) {
        place = frame.place(from + i);
        column = 1;
      }
      const LaneBytes pixels = *reinterpret_cast<const LaneBytes*>(group + i * lanes);
      x[place] = real(__builtin_convertvector(pixels, LaneInts)) * scale + p.low;
    }
  }
}

LENET_INLINE void put(V* x, int place, int lane, float value) { reinterpret_cast<float*>(x + place)[lane] = value; }
LENET_INLINE void put(float* x, int place, int, float value) { x[place] = value; }

// One picture's pixels, 0 to 1, into its lane, row by row.
template <class T>
inline void load_lane(const Preparation& p, const float* pixels, int lane, T* x) {
  const Frame frame(p);
  const int rows = p.picture.maps * p.picture.rows, columns = p.picture.columns;
  for (int r = 0; r < rows; ++r, pixels += columns) {
    T* row = x + frame.place(r * columns);
    for (int i = 0; i < columns; ++i) put(row, i, lane, p.low + (p.high - p.low) * pixels[i]);
  }
}

// The prepared input of a block; lanes that aren't in use show the first picture. `scratch` for distortions.
inline void load_block(const Plan& plan, const Pictures& pictures, const Block& block, const Distortion* distortion,
                       const Draws& draws, V* x, V* scratch) {
  const Preparation& p = plan.preparation;
  const size_t size = static_cast<size_t>(p.picture.size());
  const int64_t count = static_cast<int64_t>(pictures.count);
  if (p.padding) fill(x, plan.input_shape().size(), p.low);
  if (pictures.bytes && !distortion) {
    const uint8_t* rows[lanes];
    for (int n = 0; n < lanes; ++n) rows[n] = pictures.bytes + size * (block.patterns[n < block.count ? n : 0] % count);
    return load_bytes(p, rows, x);
  }
  float* pixels = reinterpret_cast<float*>(scratch);
  for (int n = 0; n < lanes; ++n) {
    const int64_t pattern = block.patterns[n < block.count ? n : 0];
    if (distortion) {
      distort(*distortion, draws, pattern, p.picture, pictures, pixels, pixels + size);
      load_lane(p, pixels, n, x);
    } else {
      load_lane(p, pictures.floats + size * (pattern % count), n, x);
    }
  }
}

inline void load_single(const Plan& plan, const Pictures& pictures, int64_t pattern, const Distortion* distortion,
                        const Draws& draws, float* x, float* scratch) {
  const Preparation& p = plan.preparation;
  const size_t size = static_cast<size_t>(p.picture.size());
  if (p.padding) fill(x, plan.input_shape().size(), p.low);
  if (distortion) {
    distort(*distortion, draws, pattern, p.picture, pictures, scratch, scratch + size);
    return load_lane(p, scratch, 0, x);
  }
  const int64_t row = pattern % static_cast<int64_t>(pictures.count);
  const uint8_t* bytes = pictures.bytes ? pictures.bytes + size * row : nullptr;
  const float* floats = pictures.floats ? pictures.floats + size * row : nullptr;
  const Frame frame(p);
  const float scale = (p.high - p.low) / 255.0f;
  const int rows = p.picture.maps * p.picture.rows, columns = p.picture.columns;
  for (int r = 0; r < rows; ++r) {
    float* out = x + frame.place(r * columns);
    for (int i = 0; i < columns; ++i) {
      const float value = bytes ? bytes[r * columns + i] * scale : floats[r * columns + i] * (p.high - p.low);
      out[i] = value + p.low;
    }
  }
}

}  // namespace LENET_ISA
}  // namespace lenet
