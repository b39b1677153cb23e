#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/sgd.inc"
#include "kernels/adam.inc"
#include "kernels/rmsprop.inc"
#include "kernels/muon.inc"
// clang-format on

}  // namespace

void fill_optimizers(Kernels& table) noexcept { QUERN_OPTIMIZERS_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
