#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/transpose.inc"
#include "kernels/tile_rows.inc"
#include "kernels/post.inc"
#include "kernels/winograd.inc"
// clang-format on

}  // namespace

void fill_winograd(Kernels& table) noexcept { QUERN_WINOGRAD_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
