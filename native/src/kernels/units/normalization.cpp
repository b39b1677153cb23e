#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/math.inc"
#include "kernels/simd.inc"
#include "kernels/bf16_vectors.inc"
#include "kernels/pool_windows.inc"
#include "kernels/sums.inc"
#include "kernels/normalize.inc"
#include "kernels/layer_norm.inc"
#include "kernels/local_response_norm.inc"
// clang-format on

}  // namespace

void fill_normalization(Kernels& table) noexcept { QUERN_NORMALIZATION_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
