#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/bf16_vectors.inc"
#include "kernels/pool_windows.inc"
#include "kernels/rows.inc"
#include "kernels/max_pool2d.inc"
#include "kernels/avg_pool2d.inc"
#include "kernels/adaptive_avg_pool2d.inc"
#include "kernels/adaptive_max_pool2d.inc"
// clang-format on

}  // namespace

void fill_pooling(Kernels& table) noexcept { QUERN_POOLING_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
