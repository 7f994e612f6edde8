#include "engine.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <new>

#include "threads.h"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace lenet {

namespace {

constexpr size_t most_shards = 16;
constexpr size_t stretch = 4096;  // parameters that one task updates

size_t ceiling(size_t a, size_t b) { return (a + b - 1) / b; }

struct Free {
  std::align_val_t alignment{64};
  void operator()(float* p) const { ::operator delete(p, alignment); }
};

// This thread's workspace of at least `floats` floats, aligned to 64 bytes; kept for the next call. In huge pages where
// the system has them: a block's activations would take a hundred and more of the small ones.
float* workspace(size_t floats) {
  thread_local std::unique_ptr<float, Free> kept;
  thread_local size_t size = 0;
  if (size < floats) {
    constexpr size_t huge = size_t{1} << 21;
    kept.reset();
    size = 0;
    const size_t bytes = (floats + 16) * sizeof(float);
    const std::align_val_t alignment{bytes < huge / 8 ? 64 : huge};
    void* memory = ::operator new(bytes, alignment);
#ifdef MADV_HUGEPAGE
    if (bytes >= huge / 8) madvise(memory, ceiling(bytes, huge) * huge, MADV_HUGEPAGE);
#endif
    std::fill_n(static_cast<float*>(memory), floats + 16, 0.0f);
    kept = {static_cast<float*>(memory), Free{alignment}};
    size = floats;
  }
  return kept.get();
}

// Parameters that may be read up to a vector past their end, as the kernels of a single image do: where that could meet
// another page of memory, which may not be there, a copy.
class Readable {
 public:
  Readable(const float* parameters, size_t size) : parameters_(parameters) {
    const size_t end = reinterpret_cast<uintptr_t>(parameters + size) % page;
    if (end != 0 && end + past * sizeof(float) <= page && !sanitized) return;
    copy_.resize(size + past);
    std::copy_n(parameters, size, copy_.data());
    parameters_ = copy_.data();
  }
  const float* get() const { return parameters_; }
  bool copied() const { return !copy_.empty(); }
  float* copy() { return copy_.data(); }

 private:
  static constexpr size_t page = 4096, past = 16;
#ifdef LENET_SANITIZED
  static constexpr bool sanitized = true;  // the address sanitizer knows no pages
#else
  static constexpr bool sanitized = false;
#endif
  const float* parameters_;
  std::vector<float> copy_;
};

// A shard is at least two blocks where there are many, each block where there are few, and never more than 16.
size_t shards_of(size_t blocks) { return std::min(std::max(blocks / 2, std::min(blocks, size_t{4})), most_shards); }

// The first `used` shards, added in order.
void add_up(const std::vector<std::vector<float>>& shards, size_t used, size_t size, float* out) {
  std::copy_n(shards[0].data(), size, out);
  for (size_t s = 1; s < used; ++s)
    for (size_t i = 0; i < size; ++i) out[i] += shards[s][i];
}

}  // namespace

void Engine::scores(const float* parameters, const Pictures& pictures, int threads, float* out) const {
  const Plan& plan = network_.plan();
  const size_t lanes = static_cast<size_t>(kernels_.lanes), classes = static_cast<size_t>(plan.last().out.maps);
  const size_t blocks = ceiling(pictures.count, lanes);
  const Readable readable(parameters, plan.parameters);
  parameters = readable.get();
  parallel(threads, static_cast<int>(blocks), [&](int block) {
    const size_t from = static_cast<size_t>(block) * lanes, count = std::min(lanes, pictures.count - from);
    float* space = workspace(plan.workspace * lanes);
    float* to = out + from * classes;
    if (singly(count)) {
      for (size_t n = 0; n < count; ++n) {
        kernels_.forward_single(plan, parameters, pictures, static_cast<int64_t>(from + n), space);
        std::copy_n(space + plan.last().place, classes, to + n * classes);
      }
      return;
    }
    int64_t patterns[64];
    for (size_t n = 0; n < count; ++n) patterns[n] = static_cast<int64_t>(from + n);
    kernels_.forward(plan, parameters, pictures, Block{patterns, static_cast<int>(count), nullptr}, space);
    kernels_.copy_out(plan.last().place, static_cast<int>(classes), static_cast<int>(count), space, to);
  });
}

void Engine::features(const float* parameters, const Pictures& pictures, float* const* outputs) const {
  const Plan& plan = network_.plan();
  const Readable readable(parameters, plan.parameters);
  parameters = readable.get();
  float* space = workspace(plan.workspace);
  for (size_t n = 0; n < pictures.count; ++n) {
    kernels_.forward_single(plan, parameters, pictures, static_cast<int64_t>(n), space);
    const auto copy = [&](size_t place, int pixels, float* out) {
      std::copy_n(space + place, pixels, out + n * static_cast<size_t>(pixels));
    };
    copy(plan.input, plan.input_shape().size(), outputs[0]);
    for (int i = 0; i < plan.count; ++i) copy(plan.layers[i].place, plan.layers[i].out.size(), outputs[i + 1]);
  }
}

// Leaves the gradient in shards[0] to shards[used - 1], to be added in order.
Tally Engine::learn(const Training& training, const Pictures& pictures, const int64_t* labels, const int64_t* patterns,
                    size_t count, int threads, std::vector<std::vector<float>>& shards, size_t& used) const {
  const Plan& plan = network_.plan();
  const size_t lanes = static_cast<size_t>(kernels_.lanes), blocks = ceiling(count, lanes);
  const Objective objective{training.loss, training.j, 1.0f / static_cast<float>(count)};
  used = singly(count) ? 1 : shards_of(blocks);
  while (shards.size() < used) shards.emplace_back(plan.parameters + 16, 0.0f);
  Tally tallies[most_shards] = {};
  if (singly(count)) {
    float* space = workspace(plan.workspace);
    for (size_t n = 0; n < count; ++n) {
      const int64_t label = labels[patterns[n] % static_cast<int64_t>(pictures.count)];
      const Tally one = kernels_.learn_single(plan, training.parameters, pictures, patterns[n], label, objective,
                                              training.draws, training.distortion, n == 0, space, shards[0].data());
      tallies[0].loss += one.loss;
      tallies[0].errors += one.errors;
    }
    return tallies[0];
  }
  parallel(threads, static_cast<int>(used), [&](int shard) {
    const size_t s = static_cast<size_t>(shard), from = blocks * s / used, to = blocks * (s + 1) / used;
    float* space = workspace(plan.workspace * lanes);
    for (size_t b = from; b < to; ++b) {
      const Block block{patterns + b * lanes, static_cast<int>(std::min(lanes, count - b * lanes)), labels};
      const Tally one = kernels_.learn(plan, training.parameters, pictures, block, objective, training.draws,
                                       training.distortion, b == from, space, shards[s].data());
      tallies[s].loss += one.loss;
      tallies[s].errors += one.errors;
    }
  });
  Tally all{};
  for (size_t s = 0; s < used; ++s) {
    all.loss += tallies[s].loss;
    all.errors += tallies[s].errors;
  }
  return all;
}

Tally Engine::gradient(const Training& given, const Pictures& pictures, const int64_t* labels, int threads,
                       float* out) const {
  std::vector<std::vector<float>> shards;
  size_t used = 0;
  const Readable readable(given.parameters, network_.plan().parameters);
  Training training = given;
  training.parameters = const_cast<float*>(readable.get());  // which nothing changes here
  const Tally tally = learn(training, pictures, labels, training.patterns, training.count, threads, shards, used);
  add_up(shards, used, network_.plan().parameters, out);
  return tally;
}

void Engine::curvature(const Training& given, const Pictures& pictures, const int64_t* labels, int threads,
                       float* out) const {
  const Plan& plan = network_.plan();
  const size_t lanes = static_cast<size_t>(kernels_.lanes), blocks = ceiling(given.count, lanes);
  const Objective objective{given.loss, given.j, 1.0f / static_cast<float>(given.count)};
  const size_t used = shards_of(blocks);
  std::vector<std::vector<float>> shards(used, std::vector<float>(plan.parameters + 16, 0.0f));
  std::vector<float> squares(plan.parameters + 16, 0.0f);
  for (size_t i = 0; i < plan.parameters; ++i) squares[i] = given.parameters[i] * given.parameters[i];
  parallel(threads, static_cast<int>(used), [&](int shard) {
    const size_t s = static_cast<size_t>(shard), from = blocks * s / used, to = blocks * (s + 1) / used;
    float* space = workspace(2 * plan.workspace * lanes);
    for (size_t b = from; b < to; ++b) {
      const Block block{given.patterns + b * lanes, static_cast<int>(std::min(lanes, given.count - b * lanes)), labels};
      kernels_.curvature(plan, given.parameters, squares.data(), pictures, block, objective, given.draws,
                         given.distortion, b == from, space, shards[s].data());
    }
  });
  add_up(shards, used, plan.parameters, out);
}

void Engine::distorted(const Training& given, const Pictures& pictures, int threads, float* out) const {
  const Plan& plan = network_.plan();
  const size_t size = static_cast<size_t>(plan.preparation.picture.size()), some = 64;
  parallel(threads, static_cast<int>(ceiling(given.count, some)), [&](int task) {
    const size_t from = static_cast<size_t>(task) * some, to = std::min(from + some, given.count);
    float* space = workspace(plan.workspace);
    for (size_t n = from; n < to; ++n)
      kernels_.distorted(plan, pictures, given.patterns[n], given.draws, *given.distortion, space, out + n * size);
  });
}

Tally Engine::train(const Training& given, const Pictures& pictures, const int64_t* labels, int threads) const {
  const size_t size = network_.plan().parameters;
  Readable readable(given.parameters, size);
  Training training = given;
  if (readable.copied()) training.parameters = readable.copy();
  const std::unique_lock<std::mutex> keeping(keeping_, std::try_to_lock);
  std::vector<std::vector<float>> own;
  std::vector<std::vector<float>>& shards = keeping.owns_lock() ? kept_ : own;
  Tally all{};
  const float* gradients[most_shards];
  for (size_t from = 0, update = 0; from < training.count; from += training.batch, ++update) {
    const size_t count = std::min(training.batch, training.count - from);
    size_t used = 0;
    const Tally tally = learn(training, pictures, labels, training.patterns + from, count, threads, shards, used);
    all.loss += tally.loss;
    all.errors += tally.errors;
    for (size_t s = 0; s < used; ++s) gradients[s] = shards[s].data();
    Optimiser optimiser = training.optimiser;
    optimiser.rate = training.rates[update];
    const double t = static_cast<double>(training.updates) + static_cast<double>(update) + 1.0;
    optimiser.correction1 = static_cast<float>(1.0 / (1.0 - std::pow(static_cast<double>(optimiser.beta1), t)));
    optimiser.correction2 = static_cast<float>(1.0 / (1.0 - std::pow(static_cast<double>(optimiser.beta2), t)));
    const auto move = [&](int task) {
      const size_t begin = static_cast<size_t>(task) * stretch;
      kernels_.update(optimiser, gradients, static_cast<int>(used), training.factors, begin,
                      std::min(begin + stretch, size), training.parameters, training.slots[0], training.slots[1]);
    };
    parallel(singly(count) ? 1 : threads, static_cast<int>(ceiling(size, stretch)), move);
  }
  if (readable.copied()) std::copy_n(training.parameters, size, given.parameters);
  return all;
}

}  // namespace lenet
