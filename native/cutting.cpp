#include "cutting.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lenet {

namespace {

constexpr int area = cut_side * cut_side;
constexpr int darkest = 6;         // as many pixels are full ink: one alone may be noise
constexpr float faintest = 0.35f;  // what is fainter isn't made full ink

// How one side of a box is sampled: the pixels of the box that each pixel of the picture is made of, and their weights.
class Sampling {
 public:
  // A pixel of the box lands at the box's place + its own middle / scale. A pixel of the picture is the mean of those
  // about it, weighed by a triangle that reaches a pixel of either grid, whichever is the larger; paper around the box
  // counts in the mean too.
  void aim(int pixels, float centre, float scale) {
    size_ = static_cast<size_t>(pixels);
    weights_.resize(cut_side * size_);
    std::fill_n(first_, cut_side, pixels);
    std::fill_n(last_, cut_side, 0);
    float sums[cut_side] = {};
    const float room = std::max(0.0f, static_cast<float>(cut_side) - static_cast<float>(pixels) / scale);
    const float place = std::clamp(0.5f * cut_side - centre / scale, 0.0f, room);
    const float reach = std::max(1.0f / scale, 1.0f);
    const int beyond = 1 + static_cast<int>(2.0f * reach * scale);
    for (int i = -beyond; i < pixels + beyond; ++i) {
      const float middle = place + (static_cast<float>(i) + 0.5f) / scale;
      const int from = static_cast<int>(std::max(0.0f, middle - reach - 0.5f));
      const int to = std::min(cut_side - 1, static_cast<int>(middle + reach + 0.5f));
      for (int k = from; k <= to; ++k) {
        const float weight = 1.0f - std::fabs(static_cast<float>(k) + 0.5f - middle) / reach;
        if (weight <= 0.0f) continue;
        sums[k] += weight;
        if (i < 0 || i >= pixels) continue;
        row(k)[i] = weight;
        first_[k] = std::min(first_[k], i);
        last_[k] = i + 1;
      }
    }
    for (int k = 0; k < cut_side; ++k)
      for (int i = first_[k]; i < last_[k]; ++i) row(k)[i] /= sums[k];
  }

  // The pixels of the box, from first up to last, without last, that a pixel of the picture is made of.
  int first(int k) const { return first_[k]; }
  int last(int k) const { return last_[k]; }
  float weight(int k, int i) const { return weights_[static_cast<size_t>(k) * size_ + static_cast<size_t>(i)]; }

 private:
  float* row(int k) { return weights_.data() + static_cast<size_t>(k) * size_; }

  int first_[cut_side], last_[cut_side];
  std::vector<float> weights_;  // (28, size)
  size_t size_ = 0;
};

// Draws spans one after the other; keeps what it needs for that.
class Pencil {
 public:
  void draw(const Line& line, const Span& span, uint8_t* out) {
    const int high = span.bottom - span.top, wide = span.right - span.left;
    const float scale = static_cast<float>(std::max(high, wide)) / cut_box;
    down_.aim(high, span.y - static_cast<float>(span.top), scale);
    across_.aim(wide, span.x - static_cast<float>(span.left), scale);
    take(line, span);
    squeeze_down(static_cast<size_t>(wide));
    float picture[area];
    squeeze_across(picture);
    const float full = 255.0f / std::max(full_ink(picture), faintest);
    for (int i = 0; i < area; ++i) out[i] = static_cast<uint8_t>(std::min(255.0f, picture[i] * full) + 0.5f);
  }

 private:
  // The span's ink alone, (rows, columns) of its box.
  void take(const Line& line, const Span& span) {
    const size_t wide = static_cast<size_t>(span.right - span.left);
    ink_.resize(wide * static_cast<size_t>(span.bottom - span.top));
    float* to = ink_.data();
    for (int row = span.top; row < span.bottom; ++row) {
      const size_t begin =
          static_cast<size_t>(row) * static_cast<size_t>(line.columns) + static_cast<size_t>(span.left);
      const float* amount = line.amount + begin;
      const int16_t* piece = line.piece + begin;
      for (size_t i = 0; i < wide; ++i) to[i] = piece[i] >= span.start && piece[i] < span.end ? amount[i] : 0.0f;
      to += wide;
    }
  }

  // From (rows, columns) of the box to (columns, 28): transposed, so that both ways run along memory.
  void squeeze_down(size_t wide) {
    row_.resize(wide);
    columns_.resize(wide * cut_side);
    for (int k = 0; k < cut_side; ++k) {
      std::fill(row_.begin(), row_.end(), 0.0f);
      for (int i = down_.first(k); i < down_.last(k); ++i) {
        const float weight = down_.weight(k, i);
        const float* from = ink_.data() + static_cast<size_t>(i) * wide;
        for (size_t j = 0; j < wide; ++j) row_[j] += weight * from[j];
      }
      for (size_t j = 0; j < wide; ++j) columns_[j * cut_side + static_cast<size_t>(k)] = row_[j];
    }
  }

  // From (columns, 28) to the picture, (28, 28).
  void squeeze_across(float* picture) const {
    for (int x = 0; x < cut_side; ++x) {
      float sums[cut_side] = {};
      for (int j = across_.first(x); j < across_.last(x); ++j) {
        const float weight = across_.weight(x, j);
        const float* from = columns_.data() + static_cast<size_t>(j) * cut_side;
        for (int k = 0; k < cut_side; ++k) sums[k] += weight * from[k];
      }
      for (int k = 0; k < cut_side; ++k) picture[k * cut_side + x] = sums[k];
    }
  }

  // The ink that `darkest` pixels of a picture have at least.
  static float full_ink(const float* picture) {
    float most[darkest] = {};  // rising
    for (int i = 0; i < area; ++i) {
      const float ink = picture[i];
      if (!(ink > most[0])) continue;
      int at = 0;
      for (; at + 1 < darkest && most[at + 1] < ink; ++at) most[at] = most[at + 1];
      most[at] = ink;
    }
    return most[0];
  }

  Sampling down_, across_;
  std::vector<float> ink_, row_, columns_;
};

}  // namespace

void cut_out(const Line& line, const Span* spans, size_t count, uint8_t* out) {
  Pencil pencil;
  for (size_t n = 0; n < count; ++n) pencil.draw(line, spans[n], out + n * area);
}

}  // namespace lenet
