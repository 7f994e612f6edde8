// A vector of `lanes` floats, a lane an image, written with the compiler's own vector types: one source for every
// instruction set. The build defines LENET_ISA (the namespace) and LENET_LANES.
// Nothing here may come from a standard library's templates: the linker could hand their copy, compiled for a better
// instruction set, to code that runs on a lesser processor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define LENET_INLINE inline __attribute__((always_inline))
#define LENET_UNROLL _Pragma("GCC unroll 64")

namespace lenet {
namespace LENET_ISA {

constexpr int lanes = LENET_LANES;
typedef float V __attribute__((vector_size(4 * LENET_LANES)));
typedef int32_t I __attribute__((vector_size(4 * LENET_LANES)));
typedef float VUnaligned __attribute__((vector_size(4 * LENET_LANES), aligned(4), may_alias));

// Accumulators that fit the processor's registers: 32 with AVX-512 and NEON, else 16.
#if LENET_REGISTERS == 32
constexpr int registers = 32;
#else
constexpr int registers = 16;
#endif

template <class T>
LENET_INLINE T broadcast(float value) {
  return value - T{};  // the compiler's way to write it: a scalar meets a vector
}
template <>
LENET_INLINE float broadcast<float>(float value) {
  return value;
}

LENET_INLINE V load(const float* p) { return *reinterpret_cast<const VUnaligned*>(p); }
LENET_INLINE void store(float* p, V v) { *reinterpret_cast<VUnaligned*>(p) = v; }
LENET_INLINE V load_some(const float* p, int count) {
  V v{};
  std::memcpy(&v, p, sizeof(float) * static_cast<size_t>(count));
  return v;
}
LENET_INLINE void store_some(float* p, V v, int count) {
  std::memcpy(p, &v, sizeof(float) * static_cast<size_t>(count));
}

// The processor's own maximum and minimum: the second where either is not a number, so that one in b is passed on.
#if defined(__AVX512F__)
LENET_INLINE V maximum(V a, V b) { return _mm512_max_ps(a, b); }
LENET_INLINE V minimum(V a, V b) { return _mm512_min_ps(a, b); }
#elif defined(__AVX__)
LENET_INLINE V maximum(V a, V b) { return _mm256_max_ps(a, b); }
LENET_INLINE V minimum(V a, V b) { return _mm256_min_ps(a, b); }
#elif defined(__SSE__)
LENET_INLINE V maximum(V a, V b) { return _mm_max_ps(a, b); }
LENET_INLINE V minimum(V a, V b) { return _mm_min_ps(a, b); }
#else
LENET_INLINE V maximum(V a, V b) { return a > b ? a : b; }
LENET_INLINE V minimum(V a, V b) { return a < b ? a : b; }
#endif
LENET_INLINE float maximum(float a, float b) { return a > b ? a : b; }
LENET_INLINE float minimum(float a, float b) { return a < b ? a : b; }

LENET_INLINE V root(V v) {
  for (int i = 0; i < lanes; ++i) v[i] = __builtin_sqrtf(v[i]);
  return v;
}
LENET_INLINE float root(float v) { return __builtin_sqrtf(v); }

// The sum of two vectors by pairs of lanes D apart: lanes without bit D hold a's sums, the others b's.
#ifdef __clang__
#define LENET_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define LENET_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, I{__VA_ARGS__})
#endif

template <int... N>
struct Sequence {};
template <int N, int... Rest>
struct Count : Count<N - 1, N - 1, Rest...> {};
template <int... Rest>
struct Count<0, Rest...> {
  using type = Sequence<Rest...>;
};
using Lanes = typename Count<lanes>::type;

template <int D, int... N>
LENET_INLINE V pair_sum(V a, V b, Sequence<N...>) {
  return LENET_SHUFFLE(a, b, ((N & D) ? lanes + N : N)...) +
         LENET_SHUFFLE(a, b, ((N & D) ? lanes + (N ^ D) : (N ^ D))...);
}

template <int D>
struct Fold {
  static LENET_INLINE V fold(const V* v, int stride) {
    return pair_sum<D>(Fold<D / 2>::fold(v, stride), Fold<D / 2>::fold(v + D * stride, stride), Lanes{});
  }
};
template <>
struct Fold<0> {
  static LENET_INLINE V fold(const V* v, int) { return *v; }
};

// Lane i of the result is the sum over the lanes of v[i], for the `lanes` vectors at v.
LENET_INLINE V sums(const V* v) { return Fold<lanes / 2>::fold(v, 1); }

LENET_INLINE float sum(V v) {
  float total = 0;
  for (int i = 0; i < lanes; ++i) total += v[i];
  return total;
}

}  // namespace LENET_ISA
}  // namespace lenet
