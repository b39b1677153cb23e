#include <atomic>
#include <cstring>

#include "half.h"
#include "int8.h"
#include "kernels.h"

namespace quern {

const HalfKernels& half_baseline() noexcept;
const HalfKernels& half_avx2() noexcept;
const HalfKernels& half_avx512() noexcept;
const HalfKernels& half_neon() noexcept;
const Int8Kernels& int8_baseline() noexcept;
const Int8Kernels& int8_avx2() noexcept;
const Int8Kernels& int8_avx_vnni() noexcept;
const Int8Kernels& int8_avx512() noexcept;
const Int8Kernels& int8_avx512_vnni() noexcept;
const Int8Kernels& int8_amx() noexcept;
const Int8Kernels& int8_neon() noexcept;
const Int8Kernels& int8_neon_dot() noexcept;

namespace {

struct Tier {
  const char* isa;
  const Kernels& (*kernels)() noexcept;
  const Int8Kernels& (*int8)() noexcept;
  const HalfKernels& (*half)() noexcept;
};
constexpr Tier tiers[] = {
#if defined(__x86_64__)
#if defined(QUERN_AMX)
    {"amx", kernels_amx, int8_amx, half_avx512},
#endif
    {"avx512_vnni", kernels_avx512, int8_avx512_vnni, half_avx512},
    {"avx512", kernels_avx512, int8_avx512, half_avx512},
#if defined(QUERN_AVX_VNNI)
    {"avx_vnni", kernels_avx2, int8_avx_vnni, half_avx2},
#endif
    {"avx2", kernels_avx2, int8_avx2, half_avx2},
    {"baseline", kernels_baseline, int8_baseline, half_baseline}
#elif defined(__aarch64__)
    {"neon_dot", kernels_neon, int8_neon_dot, half_neon}, {"neon", kernels_neon, int8_neon, half_neon}
#else
    {"baseline", kernels_baseline, int8_baseline, half_baseline}
#endif
};

const Kernels none{};
std::atomic<const Kernels*> selected{&none};
std::atomic<const Int8Kernels*> selected_int8{nullptr};
std::atomic<const HalfKernels*> selected_half{nullptr};
std::atomic<const char*> isa_name{"none"};
}  // namespace

void select_kernels(const char* isa) noexcept {
  for (const Tier& t : tiers) {
    if (std::strcmp(isa, t.isa) != 0) continue;
    isa_name = t.isa;
    selected_int8 = &t.int8();
    selected_half = &t.half();
    selected = &t.kernels();
    return;
  }
}

const char* selected_isa() noexcept { return isa_name; }
bool initialized() noexcept { return selected.load(std::memory_order_acquire) != &none; }
const Kernels& kernels() noexcept { return *selected.load(std::memory_order_acquire); }
const Int8Kernels* int8_kernels() noexcept { return selected_int8.load(std::memory_order_acquire); }

const HalfKernels* half_kernels() noexcept { return selected_half.load(std::memory_order_acquire); }

}  // namespace quern
