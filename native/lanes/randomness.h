// Random numbers as functions of where they're used: SplitMix64 (Steele, Lea and Flood, 2014) for each picture and
// pass, read at any place of its sequence. The same numbers as src/lenet/engine/reference/randomness.py.
#pragma once

#include "../plan.h"
#include "simd.h"

namespace lenet {
namespace LENET_ISA {

constexpr uint64_t golden = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio

LENET_INLINE uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

// The key of a picture's numbers in one pass; `row`: its place in the data set.
LENET_INLINE uint64_t key(const Draws& draws, int64_t row) {
  return mix(mix(mix(draws.seed + golden) + draws.pass + golden) + static_cast<uint64_t>(row) + golden);
}

// 24 bits as a number in [0, 1), exactly.
LENET_INLINE float uniform(uint64_t bits) {
  return static_cast<float>(static_cast<int32_t>(bits >> 40)) * (1.0f / (1 << 24));
}

// The n-th number of a key, in [0, 1).
LENET_INLINE float draw(uint64_t key, uint64_t n) { return uniform(mix(key + (n + 1) * golden)); }

// The numbers n to n + count - 1 of a key, each as 2 u - 1: in [-1, 1).
inline void draw_noise(uint64_t key, uint64_t n, int count, float* __restrict out) {
  uint64_t z = key + (n + 1) * golden;
  for (int i = 0; i < count; ++i, z += golden) out[i] = 2.0f * uniform(mix(z)) - 1.0f;
}

}  // namespace LENET_ISA
}  // namespace lenet
