// The one place that chooses an instruction set, by what the processor reports, or by LENET_ISA.
#include <cstdlib>
#include <cstring>

#include "kernels.h"

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

struct Available {
  const Kernels* tables[most + 1] = {};
  const char* names[most + 1] = {};
  int count = 0;

  void add(const Kernels& table) {
    tables[count] = &table;
    names[count++] = table.name;
  }

  Available() {
#if defined(LENET_HAVE_AVX512) || defined(LENET_HAVE_AVX2)
    __builtin_cpu_init();
#endif
#ifdef LENET_HAVE_AVX512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma"))
      add(avx512::table);
#endif
#ifdef LENET_HAVE_AVX2
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) add(avx2::table);
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
