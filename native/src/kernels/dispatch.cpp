#include <atomic>
#include <cstring>

#include "kernels.h"

namespace quern {
namespace {
const Kernels none{};
std::atomic<const Kernels*> selected{&none};
}  // namespace

void select_kernels(const char* isa) noexcept {
#if defined(QUERN_AMX)
  if (std::strcmp(isa, "amx") == 0) {
    selected = &kernels_amx();
    return;
  }
#endif
#if defined(__x86_64__)
  if (std::strcmp(isa, "avx512") == 0) {
    selected = &kernels_avx512();
  } else if (std::strcmp(isa, "avx2") == 0) {
    selected = &kernels_avx2();
  } else {
    selected = &kernels_baseline();
  }
#elif defined(__aarch64__)
  (void)isa;
  selected = &kernels_neon();
#else
  (void)isa;
  selected = &kernels_baseline();
#endif
}

bool initialized() noexcept { return selected.load(std::memory_order_acquire) != &none; }
const Kernels& kernels() noexcept { return *selected.load(std::memory_order_acquire); }

}  // namespace quern
