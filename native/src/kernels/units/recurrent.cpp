#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/math_float.inc"
#include "kernels/recurrent.inc"
// clang-format on

}  // namespace

void fill_recurrent(Kernels& table) noexcept { QUERN_RECURRENT_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
