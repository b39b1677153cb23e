#include <atomic>
#include <cstring>

#include "bf16.h"
#include "half.h"
#include "int8.h"
#include "kernels.h"

namespace quern {

// The table of an instruction set: each of its units fills in its own kernels.
#define QUERN_DECLARE(unit, list) void fill_##unit(Kernels& table) noexcept;
#define QUERN_FILL(unit, list) fill_##unit(table);
#define QUERN_TABLE(isa)                    \
  namespace isa {                           \
  QUERN_KERNEL_UNITS(QUERN_DECLARE)         \
  }                                         \
  const Kernels& kernels_##isa() noexcept { \
    using namespace isa;                    \
    static const Kernels filled = [] {      \
      Kernels table;                        \
      QUERN_KERNEL_UNITS(QUERN_FILL)        \
      return table;                         \
    }();                                    \
    return filled;                          \
  }
#if defined(QUERN_AVX512)
QUERN_TABLE(avx512)
#endif
#if defined(QUERN_AVX2)
QUERN_TABLE(avx2)
#endif
#if defined(QUERN_NEON)
QUERN_TABLE(neon)
#endif
#if defined(QUERN_BASELINE)
QUERN_TABLE(baseline)
#endif
#undef QUERN_TABLE
#undef QUERN_FILL
#undef QUERN_DECLARE

const Bf16Kernels& bf16_baseline() noexcept;
const Bf16Kernels& bf16_avx2() noexcept;
const Bf16Kernels& bf16_avx512() noexcept;
const Bf16Kernels& bf16_avx512_bf16() noexcept;
const Bf16Kernels& bf16_amx() noexcept;
const Bf16Kernels& bf16_neon() noexcept;
const Bf16Kernels& bf16_neon_bf16() noexcept;
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
  const Bf16Kernels& (*bf16)() noexcept;
};
constexpr Tier tiers[] = {
#if defined(QUERN_AMX)
    {"amx", kernels_avx512, int8_amx, half_avx512, bf16_amx},
#endif
#if defined(QUERN_AVX512_BF16)
    {"avx512_bf16", kernels_avx512, int8_avx512_vnni, half_avx512, bf16_avx512_bf16},
#endif
#if defined(QUERN_AVX512_VNNI)
    {"avx512_vnni", kernels_avx512, int8_avx512_vnni, half_avx512, bf16_avx512},
#endif
#if defined(QUERN_AVX512)
    {"avx512", kernels_avx512, int8_avx512, half_avx512, bf16_avx512},
#endif
#if defined(QUERN_AVX_VNNI)
    {"avx_vnni", kernels_avx2, int8_avx_vnni, half_avx2, bf16_avx2},
#endif
#if defined(QUERN_AVX2)
    {"avx2", kernels_avx2, int8_avx2, half_avx2, bf16_avx2},
#endif
#if defined(QUERN_NEON_BF16)
    {"neon_bf16", kernels_neon, int8_neon_dot, half_neon, bf16_neon_bf16},
#endif
#if defined(QUERN_NEON_DOT)
    {"neon_dot", kernels_neon, int8_neon_dot, half_neon, bf16_neon},
#endif
#if defined(QUERN_NEON)
    {"neon", kernels_neon, int8_neon, half_neon, bf16_neon},
#endif
#if defined(QUERN_BASELINE)
    {"baseline", kernels_baseline, int8_baseline, half_baseline, bf16_baseline},
#endif
};

const Kernels none{};
std::atomic<const Kernels*> selected{&none};
std::atomic<const Int8Kernels*> selected_int8{nullptr};
std::atomic<const HalfKernels*> selected_half{nullptr};
std::atomic<const Bf16Kernels*> selected_bf16{nullptr};
std::atomic<const char*> isa_name{"none"};
}  // namespace

void select_kernels(const char* isa) noexcept {
  for (const Tier& t : tiers) {
    if (std::strcmp(isa, t.isa) != 0) continue;
    isa_name = t.isa;
    selected_int8 = &t.int8();
    selected_half = &t.half();
    selected_bf16 = &t.bf16();
    selected = &t.kernels();
    return;
  }
}

const char* selected_isa() noexcept { return isa_name; }
bool initialized() noexcept { return selected.load(std::memory_order_acquire) != &none; }
const Kernels& kernels() noexcept { return *selected.load(std::memory_order_acquire); }
const Int8Kernels* int8_kernels() noexcept { return selected_int8.load(std::memory_order_acquire); }

const HalfKernels* half_kernels() noexcept { return selected_half.load(std::memory_order_acquire); }

const Bf16Kernels* bf16_kernels() noexcept { return selected_bf16.load(std::memory_order_acquire); }

}  // namespace quern
