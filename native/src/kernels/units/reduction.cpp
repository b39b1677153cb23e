#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/reduction.inc"
#include "kernels/argmax.inc"
// clang-format on

}  // namespace

void fill_reduction(Kernels& table) noexcept { QUERN_REDUCTION_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
