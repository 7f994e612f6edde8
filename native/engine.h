// Runs and trains a network on several threads: blocks of images, their gradients in fixed shards, added in a fixed
// order, so that the number of threads changes no bit.
#pragma once

#include <mutex>
#include <vector>

#include "kernels.h"
#include "network.h"

namespace lenet {

struct Training {
  const int64_t* patterns;  // in order
  size_t count;
  size_t batch;
  const float* rates;  // one an update
  Optimiser optimiser;
  Loss loss;
  float j;
  const Distortion* distortion;  // or null
  Draws draws;
  const float* factors;  // of the rates, by parameter; or null
  int64_t updates;       // made before
  float* parameters;
  float* slots[2];  // or null
};

class Engine {
 public:
  Engine(const Kernels& kernels, const Network& network) : kernels_(kernels), network_(network) {}

  // Last-layer outputs, (count, classes).
  void scores(const float* parameters, const Pictures& pictures, int threads, float* out) const;
  // The outputs of every layer: outputs[0] (count, input pixels), then one for each layer.
  void features(const float* parameters, const Pictures& pictures, float* const* outputs) const;
  // Loss and errors of a batch, and the gradient of its mean loss.
  Tally gradient(const Training& given, const Pictures& pictures, const int64_t* labels, int threads, float* out) const;
  // The pictures of patterns as `train` has them before their preparation, (count, channels, rows, columns).
  void distorted(const Training& given, const Pictures& pictures, int threads, float* out) const;
  // The mean over the patterns of the second derivatives by the parameters, as Gauss and Newton estimate them.
  void curvature(const Training& given, const Pictures& pictures, const int64_t* labels, int threads, float* out) const;
  // An update for each batch; the loss summed over the patterns, and the errors.
  Tally train(const Training& given, const Pictures& pictures, const int64_t* labels, int threads) const;

 private:
  Tally learn(const Training& training, const Pictures& pictures, const int64_t* labels, const int64_t* patterns,
              size_t count, int threads, std::vector<std::vector<float>>& shards, size_t& used) const;
  bool singly(size_t count) const { return count <= static_cast<size_t>(kernels_.lanes) / 4; }

  const Kernels& kernels_;
  const Network& network_;
  // The gradients' memory, kept from one call of `train` to the next; another call at the same time has its own.
  mutable std::mutex keeping_;
  mutable std::vector<std::vector<float>> kept_;
};

}  // namespace lenet
