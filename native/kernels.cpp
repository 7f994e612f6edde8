// The table of kernels of one instruction set. Compiled once for each, with that set's flags; the build defines
// LENET_ISA.
#include "kernels.h"

#include "lanes/curvature.h"
#include "lanes/network.h"
#include "lanes/update.h"

namespace lenet {
namespace LENET_ISA {

namespace {

const Draws no_draws{0, 0};

V* vectors(float* workspace) { return reinterpret_cast<V*>(workspace); }

void forward(const Plan& plan, const float* parameters, const Pictures& pictures, const Block& block,
             float* workspace) {
  V* w = vectors(workspace);
  load_block(plan, pictures, block, nullptr, no_draws, w + plan.input, w + plan.scratch);
  forward_layers(plan, parameters, w, Pass{false, no_draws, block.patterns, block.count});
}

void copy_out(size_t place, int pixels, int count, const float* workspace, float* out) {
  for (int n = 0; n < count; ++n)
    for (int i = 0; i < pixels; ++i) out[n * pixels + i] = workspace[(place + i) * lanes + n];
}

Tally learn(const Plan& plan, const float* parameters, const Pictures& pictures, const Block& block,
            const Objective& objective, const Draws& draws, const Distortion* distortion, bool first, float* workspace,
            float* gradient) {
  V* w = vectors(workspace);
  int64_t patterns[lanes], labels[lanes];
  for (int n = 0; n < lanes; ++n) {
    patterns[n] = block.patterns[n < block.count ? n : 0];
    labels[n] = block.labels[patterns[n] % static_cast<int64_t>(pictures.count)];
  }
  load_block(plan, pictures, block, distortion, draws, w + plan.input, w + plan.scratch);
  return learn_layers(plan, parameters, labels, objective, w, Gradient{gradient, first},
                      Pass{true, draws, patterns, block.count});
}

void curvature(const Plan& plan, const float* parameters, const float* squares, const Pictures& pictures,
               const Block& block, const Objective& objective, const Draws& draws, const Distortion* distortion,
               bool first, float* workspace, float* sums) {
  V *w = vectors(workspace), *kept = w + plan.workspace;
  int64_t patterns[lanes], labels[lanes];
  for (int n = 0; n < lanes; ++n) {
    patterns[n] = block.patterns[n < block.count ? n : 0];
    labels[n] = block.labels[patterns[n] % static_cast<int64_t>(pictures.count)];
  }
  load_block(plan, pictures, block, distortion, draws, w + plan.input, w + plan.scratch);
  curve_layers(plan, parameters, squares, labels, objective, w, kept, Gradient{sums, first},
               Pass{true, draws, patterns, block.count});
}

void forward_single(const Plan& plan, const float* parameters, const Pictures& pictures, int64_t pattern,
                    float* workspace) {
  load_single(plan, pictures, pattern, nullptr, no_draws, workspace + plan.input, workspace + plan.scratch);
  forward_layers(plan, parameters, workspace, Pass{false, no_draws, &pattern, 1});
}

Tally learn_single(const Plan& plan, const float* parameters, const Pictures& pictures, int64_t pattern, int64_t label,
                   const Objective& objective, const Draws& draws, const Distortion* distortion, bool first,
                   float* workspace, float* gradient) {
  load_single(plan, pictures, pattern, distortion, draws, workspace + plan.input, workspace + plan.scratch);
  return learn_layers(plan, parameters, &label, objective, workspace, Gradient{gradient, first},
                      Pass{true, draws, &pattern, 1});
}

void distorted(const Plan& plan, const Pictures& pictures, int64_t pattern, const Draws& draws,
               const Distortion& distortion, float* workspace, float* out) {
  const Shape& picture = plan.preparation.picture;
  distort(distortion, draws, pattern, picture, pictures, out, workspace + plan.scratch + picture.size());
}

void activate_array(Activation activation, const float* in, float* out, size_t count) {
  for (size_t i = 0; i < count; i += lanes) {
    const int some = count - i < static_cast<size_t>(lanes) ? static_cast<int>(count - i) : lanes;
    V v = load_some(in + i, some);
    activate(activation, &v, 1);
    store_some(out + i, v, some);
  }
}

double multiply_adds(int64_t turns) {
  constexpr int chains = registers == 32 ? 24 : 12;
  V sums[chains];
  for (int i = 0; i < chains; ++i) sums[i] = broadcast<V>(static_cast<float>(i));
  volatile float factor = 0.999f, term = 0.001f;  // volatile: else the loop is worked out when it's compiled
  const V a = broadcast<V>(factor), b = broadcast<V>(term);
  for (int64_t t = 0; t < turns; ++t) {
    LENET_UNROLL
    for (int i = 0; i < chains; ++i) sums[i] = sums[i] * a + b;
  }
  V all{};
  for (int i = 0; i < chains; ++i) all += sums[i];
  volatile float kept = sum(all);
  (void)kept;
  return static_cast<double>(turns) * chains * lanes;
}

}  // namespace

extern const Kernels table;
const Kernels table = {LENET_NAME,     lanes,        forward,   copy_out,          learn,          curvature,
                       forward_single, learn_single, distorted, update_parameters, activate_array, multiply_adds};

}  // namespace LENET_ISA
}  // namespace lenet
