// What each instruction set offers the engine: one table of functions, filled by kernels.cpp, compiled once for each.
#pragma once

#include "plan.h"

namespace lenet {

struct Kernels {
  const char* name;
  int lanes;  // images in a block

  // Forward passes. `workspace` holds plan.workspace x lanes floats, aligned to 64 bytes.
  void (*forward)(const Plan&, const float* parameters, const Pictures&, const Block&, float* workspace);
  // Copies what a layer's output (or the input: pixels from `place`) holds for each image, (count, pixels).
  void (*copy_out)(size_t place, int pixels, int count, const float* workspace, float* out);
  // Forward, loss and backward; adds to `gradient`, or writes it where `first`.
  Tally (*learn)(const Plan&, const float* parameters, const Pictures&, const Block&, const Objective&, const Draws&,
                 const Distortion*, bool first, float* workspace, float* gradient);
  // Forward, and the second derivatives back; adds to `sums`, or writes them where `first`. `squares`: of the
  // parameters; `workspace`: as for two blocks.
  void (*curvature)(const Plan&, const float* parameters, const float* squares, const Pictures&, const Block&,
                    const Objective&, const Draws&, const Distortion*, bool first, float* workspace, float* sums);
  // The same as `forward` and `learn` for one image, whose rows are vectors; `workspace` as for a block.
  void (*forward_single)(const Plan&, const float* parameters, const Pictures&, int64_t pattern, float* workspace);
  Tally (*learn_single)(const Plan&, const float* parameters, const Pictures&, int64_t pattern, int64_t label,
                        const Objective&, const Draws&, const Distortion*, bool first, float* workspace,
                        float* gradient);
  // A pattern's picture as `learn` has it before its preparation, (channels, rows, columns) from 0 to 1.
  void (*distorted)(const Plan&, const Pictures&, int64_t pattern, const Draws&, const Distortion&, float* workspace,
                    float* out);
  // Sums the shards' gradients in order and moves parameters [from, to). `factors`: rates' factors, or null.
  void (*update)(const Optimiser&, const float* const* shards, int count, const float* factors, size_t from, size_t to,
                 float* parameters, float* slot0, float* slot1);
  void (*activate)(Activation, const float* in, float* out, size_t count);
  double (*multiply_adds)(int64_t turns);  // a plain register loop: how many multiply-adds it made
};

// The table of an instruction set of this processor by name ("avx512", "avx2", "neon", "baseline"); null: not here.
const Kernels* kernels(const char* name);
// The best table, or that named by LENET_ISA. Null if LENET_ISA names one that isn't here.
const Kernels* chosen_kernels();
// Names of all the tables this processor can run, best first, ended by null.
const char* const* available_kernels();

}  // namespace lenet
