#include "cutting.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lenet {

namespace {

constexpr int darkest = 6;         // so many pixels may be darker than full ink
constexpr float faintest = 0.35f;  // full ink, at least

// One side of a picture: which pixels of the box each pixel of the picture is made of, and their weights.
struct Sampling {
  std::vector<int> first, last;  // (28): of the box, without last
  std::vector<float> weights;    // (28, size)
  float sums[cut_side];
  int size = 0;

  // A pixel of the box lands at `at` + its middle / scale. A pixel of the picture is the mean of those about it,
  // weighed by a triangle that reaches a pixel of either grid, whichever is the larger.
  void aim(int pixels, float centre, float scale) {
    size = pixels;
    first.assign(cut_side, pixels);
    last.assign(cut_side, 0);
    weights.assign(static_cast<size_t>(cut_side) * static_cast<size_t>(pixels), 0.0f);
    const float room = std::max(0.0f, static_cast<float>(cut_side) - static_cast<float>(pixels) / scale);
    const float at = std::clamp(0.5f * cut_side - centre / scale, 0.0f, room);
    const float half = std::max(1.0f / scale, 1.0f);
    const int beyond = 1 + static_cast<int>(2.0f * half * scale);  // paper around the box counts in the sums
    std::fill(sums, sums + cut_side, 0.0f);
    for (int i = -beyond; i < pixels + beyond; ++i) {
      const float middle = at + (static_cast<float>(i) + 0.5f) / scale;
      const int from = std::max(0, static_cast<int>(std::floor(middle - half - 0.5f)));
      const int to = std::min(cut_side - 1, static_cast<int>(std::ceil(middle + half - 0.5f)));
      for (int k = from; k <= to; ++k) {
        const float weight = 1.0f - std::fabs(static_cast<float>(k) + 0.5f - middle) / half;
        if (weight <= 0.0f) continue;
        sums[k] += weight;
        if (i < 0 || i >= pixels) continue;
        weights[static_cast<size_t>(k) * static_cast<size_t>(size) + static_cast<size_t>(i)] = weight;
        first[static_cast<size_t>(k)] = std::min(first[static_cast<size_t>(k)], i);
        last[static_cast<size_t>(k)] = i + 1;
      }
    }
    for (int k = 0; k < cut_side; ++k)
      for (int i = first[static_cast<size_t>(k)]; i < last[static_cast<size_t>(k)]; ++i)
        weights[static_cast<size_t>(k) * static_cast<size_t>(size) + static_cast<size_t>(i)] /= sums[k];
  }

  const float* of(int k) const { return weights.data() + static_cast<size_t>(k) * static_cast<size_t>(size); }
};

// The ink of a span alone, (rows, columns) of its box.
void mask(const Line& line, const Span& span, std::vector<float>& ink) {
  const size_t wide = static_cast<size_t>(span.right - span.left);
  ink.resize(wide * static_cast<size_t>(span.bottom - span.top));
  float* to = ink.data();
  for (int row = span.top; row < span.bottom; ++row) {
    const size_t begin = static_cast<size_t>(row) * static_cast<size_t>(line.columns) + static_cast<size_t>(span.left);
    for (size_t i = 0; i < wide; ++i) {
      const int16_t piece = line.piece[begin + i];
      *to++ = piece >= span.start && piece < span.end ? line.amount[begin + i] : 0.0f;
    }
  }
}

}  // namespace

void cut_out(const Line& line, const Span* spans, size_t count, uint8_t* out) {
  constexpr size_t area = cut_side * cut_side;
  Sampling down, across;
  std::vector<float> ink, rows, sorted(area);
  float picture[area];
  for (size_t n = 0; n < count; ++n) {
    const Span& span = spans[n];
    const int high = span.bottom - span.top, wide = span.right - span.left;
    const float scale = static_cast<float>(std::max(high, wide)) / cut_box;
    mask(line, span, ink);
    down.aim(high, span.y - static_cast<float>(span.top), scale);
    across.aim(wide, span.x - static_cast<float>(span.left), scale);
    rows.assign(static_cast<size_t>(cut_side) * static_cast<size_t>(wide), 0.0f);
    for (int k = 0; k < cut_side; ++k) {
      float* to = rows.data() + static_cast<size_t>(k) * static_cast<size_t>(wide);
      for (int i = down.first[static_cast<size_t>(k)]; i < down.last[static_cast<size_t>(k)]; ++i) {
        const float weight = down.of(k)[i];
        const float* from = ink.data() + static_cast<size_t>(i) * static_cast<size_t>(wide);
        for (int j = 0; j < wide; ++j) to[j] += weight * from[j];
      }
    }
    for (int k = 0; k < cut_side; ++k) {
      const float* from = rows.data() + static_cast<size_t>(k) * static_cast<size_t>(wide);
      for (int x = 0; x < cut_side; ++x) {
        float sum = 0.0f;
        for (int j = across.first[static_cast<size_t>(x)]; j < across.last[static_cast<size_t>(x)]; ++j)
          sum += across.of(x)[j] * from[j];
        picture[k * cut_side + x] = sum;
      }
    }
    std::copy(picture, picture + area, sorted.begin());
    std::nth_element(sorted.begin(), sorted.begin() + (darkest - 1), sorted.end(), std::greater<float>());
    const float full = 255.0f / std::max(sorted[darkest - 1], faintest);
    uint8_t* to = out + n * area;
    for (size_t i = 0; i < area; ++i) to[i] = static_cast<uint8_t>(std::min(255.0f, picture[i] * full) + 0.5f);
  }
}

}  // namespace lenet
