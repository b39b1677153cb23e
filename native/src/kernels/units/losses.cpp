#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/math.inc"
#include "kernels/math_float.inc"
#include "kernels/simd.inc"
#include "kernels/sums.inc"
#include "kernels/softmax.inc"
#include "kernels/bce_with_logits.inc"
#include "kernels/sigmoid_focal.inc"
#include "kernels/dice.inc"
#include "kernels/mse.inc"
#include "kernels/huber.inc"
// clang-format on

}  // namespace

void fill_losses(Kernels& table) noexcept { QUERN_LOSSES_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
