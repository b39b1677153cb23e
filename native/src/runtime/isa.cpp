#include "runtime/isa.h"

#include <cstdio>
#include <cstring>

#include "runtime/status.h"

#if defined(QUERN_AMX)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace quern {
namespace {

// Best first. The compiler's __builtin_cpu_supports asks CPUID and, by XGETBV, whether the system saves the registers.
struct Tier {
  const char* name;
  const char* openblas_core;
  bool (*supported)();
};

#if defined(__x86_64__)
bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#if defined(QUERN_AMX)
// Linux grants a process the matrix unit's registers when it asks; CPUID's bits are newer than some compilers' names.
bool has_amx() {
  unsigned eax, ebx, ecx, edx;
  if (!has_avx512() || __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0) return false;
  constexpr unsigned kBf16 = 1u << 22, kTile = 1u << 24;
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return (edx & kBf16) != 0 && (edx & kTile) != 0 && syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}
#endif
#if defined(_WIN32)
constexpr char kAvx512Core[] = "Haswell";  // OpenBLAS has no kernels of AVX-512 there
#else
constexpr char kAvx512Core[] = "SkylakeX";
#endif
const Tier tiers[] = {
#if defined(QUERN_AMX)
    {"amx", kAvx512Core, has_amx},
#endif
    {"avx512", kAvx512Core, has_avx512},
    {"avx2", "Haswell", has_avx2},
    {"baseline", "Nehalem", [] { return true; }}};
#elif defined(__aarch64__)
const Tier tiers[] = {{"neon", nullptr, [] { return true; }}};
#else
const Tier tiers[] = {{"baseline", nullptr, [] { return true; }}};
#endif

char reason[96];

}  // namespace

int choose_isa(const char* forced, Isa* out) noexcept {
#if defined(__x86_64__)
  __builtin_cpu_init();
#endif
  for (const Tier& t : tiers) {
    if (forced != nullptr && std::strcmp(forced, t.name) != 0) continue;
    if (t.supported()) {
      std::snprintf(reason, sizeof reason, "%s",
                    forced != nullptr ? "forced by QUERN_ISA" : "the best that CPU and operating system support");
      *out = {t.name, reason, t.openblas_core};
      return QUERN_OK;
    }
    if (forced != nullptr) {
      return fail(QUERN_UNSUPPORTED, "isa: %s is forced, but this CPU or operating system lacks it", forced);
    }
  }
  char known[64] = "";
  for (const Tier& t : tiers) {
    std::strncat(known, known[0] == 0 ? "" : ", ", sizeof known - std::strlen(known) - 1);
    std::strncat(known, t.name, sizeof known - std::strlen(known) - 1);
  }
  return fail(QUERN_UNSUPPORTED, "isa: %s (QUERN_ISA) is not one of this build's instruction sets: %s", forced, known);
}

}  // namespace quern
