// The one place that chooses an instruction set, by what the processor reports, or by LENET_ISA.
#include <cstdlib>
#include <cstring>

#include "kernels.h"

#if defined(_WIN32) && defined(__x86_64__)
#include <immintrin.h>
#include <intrin.h>
#endif

namespace lenet {

#ifdef LENET_HAVE_AVX512
namespace avx512 {
extern const Kernels table;
}
#endif
#ifdef LENET_HAVE_AVX2
namespace avx2 {
extern const Kernels table;
}
#endif
#ifdef LENET_HAVE_NEON
namespace neon {
extern const Kernels table;
}
#endif
namespace baseline {
extern const Kernels table;
}

namespace {

constexpr int most = 4;

#if defined(_WIN32) && defined(__x86_64__)
// What the processor has and the system keeps between threads, by the processor's own account: on Windows, compilers
// bring no library that answers __builtin_cpu_supports.
__attribute__((target("xsave"))) bool keeps(unsigned states) {
  int leaf[4];
  __cpuid(leaf, 1);
  const bool asks = (leaf[2] >> 27) & 1;  // OSXSAVE
  return asks && (static_cast<unsigned>(_xgetbv(0)) & states) == states;
}

bool bits(int leaf, int part, unsigned wanted) {
  int found[4];
  __cpuidex(found, leaf, 0);
  return (static_cast<unsigned>(found[part]) & wanted) == wanted;
}

bool has_avx2() { return keeps(0x06) && bits(1, 2, 1u << 12) && bits(7, 1, 1u << 5); }  // FMA, AVX2
bool has_avx512() {                                                                     // F, DQ, BW, VL
  return keeps(0xe6) && bits(1, 2, 1u << 12) && bits(7, 1, 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31);
}
#elif defined(__x86_64__)
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma");
}
#endif

struct Available {
  const Kernels* tables[most + 1] = {};
  const char* names[most + 1] = {};
  int count = 0;

  void add(const Kernels& table) {
    tables[count] = &table;
    names[count++] = table.name;
  }

  Available() {
#ifdef LENET_HAVE_AVX512
    if (has_avx512()) add(avx512::table);
#endif
#ifdef LENET_HAVE_AVX2
    if (has_avx2()) add(avx2::table);
#endif
#ifdef LENET_HAVE_NEON
    add(neon::table);
#endif
    add(baseline::table);
  }
};

const Available& available() {
  static const Available all;
  return all;
}

}  // namespace

const Kernels* kernels(const char* name) {
  for (int i = 0; i < available().count; ++i)
    if (std::strcmp(available().names[i], name) == 0) return available().tables[i];
  return nullptr;
}

const Kernels* chosen_kernels() {
  const char* name = std::getenv("LENET_ISA");
  return name && *name ? kernels(name) : available().tables[0];
}

const char* const* available_kernels() { return available().names; }

}  // namespace lenet
