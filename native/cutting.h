// Characters cut out of a line of writing, as MNIST would hold them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lenet {

constexpr int cut_side = 28;      // pixels of a picture's side
constexpr float cut_box = 20.0f;  // the ink's longer side fills so many of them (the paper's section III.A)

// A line of writing: how much ink each pixel holds, and the number of the piece between two cuts that it lies in.
struct Line {
  const float* amount;   // (rows, columns) in [0, 1]
  const int16_t* piece;  // (rows, columns)
  int rows, columns;
};

// The ink of the pieces from start up to end, without end: its box, and its centre of mass, pixels of the line.
struct Span {
  int32_t start, end;
  int32_t left, top, right, bottom;
  float x, y;
};

// Draws each span into out, (count, 28, 28), 0 paper, 255 ink: its box scaled until the longer side is 20 pixels, its
// centre of mass in the picture's middle, or as near to it as the box fits. A few pixels are full ink in every
// picture: the pen's grey is taken away. The boxes lie within the line and hold a pixel at least.
void cut_out(const Line& line, const Span* spans, size_t count, uint8_t* out);

}  // namespace lenet
