#include "runtime/isa.h"

#include <cstdio>
#include <cstring>

#include "runtime/status.h"

#if defined(__x86_64__)
#include <cpuid.h>
#endif
#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#elif defined(__aarch64__) && defined(__APPLE__)
#include <sys/sysctl.h>
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
// All such processors have F16C, which some compilers cannot query.
[[maybe_unused]] bool has_avx2() {
  unsigned eax, ebx, ecx, edx;
  constexpr unsigned kF16c = 1u << 29;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0 && (ecx & kF16c) != 0;
}
[[maybe_unused]] bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
// The two forms of VNNI, whose names some compilers do not know.
#if defined(QUERN_AVX_VNNI)
bool has_avx_vnni() {
  unsigned eax, ebx, ecx, edx;
  constexpr unsigned kAvxVnni = 1u << 4;
  return has_avx2() && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & kAvxVnni) != 0;
}
#endif
[[maybe_unused]] bool has_avx512_vnni() {
  unsigned eax, ebx, ecx, edx;
  constexpr unsigned kAvx512Vnni = 1u << 11;
  return has_avx512() && __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (ecx & kAvx512Vnni) != 0;
}
[[maybe_unused]] bool has_avx512_bf16() {
  unsigned eax, ebx, ecx, edx;
  constexpr unsigned kAvx512Bf16 = 1u << 5;
  return has_avx512_vnni() && __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & kAvx512Bf16) != 0;
}
#if defined(QUERN_AMX)
bool has_amx() { return has_avx512_vnni() && has_matrix_unit(); }
#endif
#if defined(_WIN32)
[[maybe_unused]] constexpr char kAvx512Core[] = "Haswell";  // OpenBLAS has no kernels of AVX-512 there
#else
[[maybe_unused]] constexpr char kAvx512Core[] = "SkylakeX";
#endif
const Tier tiers[] = {
#if defined(QUERN_AMX)
    {"amx", kAvx512Core, has_amx},
#endif
#if defined(QUERN_AVX512_BF16)
    {"avx512_bf16", kAvx512Core, has_avx512_bf16},
#endif
#if defined(QUERN_AVX512_VNNI)
    {"avx512_vnni", kAvx512Core, has_avx512_vnni},
#endif
#if defined(QUERN_AVX512)
    {"avx512", kAvx512Core, has_avx512},
#endif
#if defined(QUERN_AVX_VNNI)
    {"avx_vnni", "Haswell", has_avx_vnni},
#endif
#if defined(QUERN_AVX2)
    {"avx2", "Haswell", has_avx2},
#endif
#if defined(QUERN_BASELINE)
    {"baseline", "Nehalem", [] { return true; }},
#endif
};
#elif defined(__aarch64__)
#if defined(__APPLE__)
bool has_feature(const char* name) {
  int there = 0;
  size_t bytes = sizeof there;
  return sysctlbyname(name, &there, &bytes, nullptr, 0) == 0 && there != 0;
}
#endif
bool has_neon_dot() {
#if defined(__linux__)
  return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#elif defined(__APPLE__)
  return has_feature("hw.optional.arm.FEAT_DotProd");
#else
  return false;
#endif
}
#if defined(QUERN_NEON_BF16)
bool has_neon_bf16() {
#if defined(__linux__)
  constexpr unsigned long kBf16 = 1ul << 14;  // older headers have no name for it
  return has_neon_dot() && (getauxval(AT_HWCAP2) & kBf16) != 0;
#elif defined(__APPLE__)
  return has_neon_dot() && has_feature("hw.optional.arm.FEAT_BF16");
#else
  return false;
#endif
}
#endif
const Tier tiers[] = {
#if defined(QUERN_NEON_BF16)
    {"neon_bf16", nullptr, has_neon_bf16},
#endif
    {"neon_dot", nullptr, has_neon_dot},
    {"neon", nullptr, [] { return true; }}};
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
  char known[128] = "";
  for (const Tier& t : tiers) {
    std::strncat(known, known[0] == 0 ? "" : ", ", sizeof known - std::strlen(known) - 1);
    std::strncat(known, t.name, sizeof known - std::strlen(known) - 1);
  }
  if (forced == nullptr) {
    return fail(QUERN_UNSUPPORTED, "isa: this CPU does not support any of this build's instruction sets: %s", known);
  }
  return fail(QUERN_UNSUPPORTED, "isa: %s (QUERN_ISA) is not one of this build's instruction sets: %s", forced, known);
}

}  // namespace quern
