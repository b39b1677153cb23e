#include "runtime/isa.h"

#if defined(QUERN_AMX)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace quern {

// Linux grants a process the unit's registers when it asks; CPUID's bits are newer than some compilers' names. The
// kernels around the unit also use AVX-512's conversion to bfloat16, which every processor with the unit has.
bool has_matrix_unit() noexcept {
  unsigned eax, ebx, ecx, edx;
  constexpr unsigned kBf16 = 1u << 22, kTile = 1u << 24, kInt8 = 1u << 25, kAll = kBf16 | kTile | kInt8;
  constexpr unsigned kVectorBf16 = 1u << 5;
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & kAll) == kAll &&
         __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & kVectorBf16) != 0 &&
         syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
}

}  // namespace quern
#endif
