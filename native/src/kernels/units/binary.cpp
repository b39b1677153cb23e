#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/math_float.inc"
#include "kernels/pow_float.inc"
#include "kernels/simd.inc"
#include "kernels/binary_kinds.inc"
#include "kernels/binary.inc"
#include "kernels/broadcast.inc"
// clang-format on

}  // namespace

void fill_binary(Kernels& table) noexcept { QUERN_BINARY_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
