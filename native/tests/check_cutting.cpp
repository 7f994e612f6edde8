#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <vector>

#include "../cutting.h"

namespace {

using namespace lenet;

constexpr size_t area = cut_side * cut_side;

// A line of random ink in pieces of a few columns, in memory of exactly its size.
struct Drawn {
  std::vector<float> amount;
  std::vector<int16_t> piece;
  int rows, columns;

  Drawn(int high, int wide, unsigned seed) : rows(high), columns(wide) {
    std::mt19937 random(seed);
    for (int y = 0; y < rows; ++y)
      for (int x = 0; x < columns; ++x) {
        amount.push_back(static_cast<float>(random() % 5) / 4.0f);
        piece.push_back(static_cast<int16_t>((x + y % 2) / 5));
      }
  }

  Line line() const { return {amount.data(), piece.data(), rows, columns}; }
  int pieces() const { return piece.back() + 1; }
};

std::vector<uint8_t> cut(const Drawn& drawn, const std::vector<Span>& spans) {
  std::vector<uint8_t> out(spans.size() * area, 77);
  cut_out(drawn.line(), spans.data(), spans.size(), out.data());
  return out;
}

// The whole line, each of its corners' pixels, each of its edges, and a box within; their centres in the middle, in a
// corner, and far outside.
std::vector<Span> spans_of(const Drawn& drawn) {
  const int right = drawn.columns, bottom = drawn.rows, all = drawn.pieces();
  std::vector<Span> spans;
  const int boxes[][4] = {{0, 0, right, bottom},
                          {0, 0, 1, 1},
                          {right - 1, 0, right, 1},
                          {0, bottom - 1, 1, bottom},
                          {right - 1, bottom - 1, right, bottom},
                          {0, 0, right, 1},
                          {0, bottom - 1, right, bottom},
                          {0, 0, 1, bottom},
                          {right - 1, 0, right, bottom},
                          {right / 3, bottom / 3, right / 3 + 1 + right / 4, bottom / 3 + 1 + bottom / 4}};
  for (const auto& b : boxes)
    for (int from : {0, all / 2})
      for (int to : {all / 2 + 1, all})
        for (float where : {0.5f, 0.0f, -1e30f, 1e30f})
          spans.push_back({from, to, b[0], b[1], b[2], b[3], static_cast<float>(b[0]) + where * (b[2] - b[0]),
                           static_cast<float>(b[1]) + where * (b[3] - b[1])});
  return spans;
}

int failed(bool right, const char* what, const Drawn& drawn) {
  if (!right) std::printf("FAILED: cut_out: %s (%d x %d)\n", what, drawn.rows, drawn.columns);
  return right ? 0 : 1;
}

}  // namespace

// Cuts boxes of every kind out of lines of every shape, from a pixel to some that are scaled down a hundred times.
int check_cutting() {
  int failures = 0;
  const int shapes[][2] = {{1, 1}, {1, 40}, {40, 1}, {2, 3}, {7, 9}, {20, 20}, {28, 90}, {64, 300}, {3, 2000}};
  for (const auto& [rows, columns] : shapes) {
    Drawn drawn(rows, columns, static_cast<unsigned>(rows + columns));
    const std::vector<Span> spans = spans_of(drawn);
    const std::vector<uint8_t> together = cut(drawn, spans);
    for (size_t n = 0; n < spans.size(); ++n) {
      Drawn other = drawn;
      for (size_t i = 0; i < other.amount.size(); ++i)
        if (other.piece[i] < spans[n].start || other.piece[i] >= spans[n].end) other.amount[i] = 1.0f - other.amount[i];
      const std::vector<uint8_t> alone = cut(other, {spans[n]});
      failures += failed(std::equal(alone.begin(), alone.end(), together.begin() + static_cast<long>(n * area)),
                         "the same bits alone, and whatever ink other pieces have", drawn);
    }
    std::fill(drawn.amount.begin(), drawn.amount.end(), 1.0f);
    Span whole = spans[0];
    whole.end = drawn.pieces();
    size_t sum = 0;
    for (uint8_t ink : cut(drawn, {whole})) sum += ink;
    const float scale = cut_box / static_cast<float>(std::max(rows, columns));
    const float right = 255.0f * scale * scale * static_cast<float>(rows * columns);
    const bool thin = scale * static_cast<float>(std::min(rows, columns)) < 2.0f;  // spread over more than its box
    failures +=
        failed(thin || std::fabs(static_cast<float>(sum) - right) < 0.15f * right, "as much ink as the box has", drawn);
  }
  return failures;
}
