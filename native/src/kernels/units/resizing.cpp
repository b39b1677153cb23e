#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/rows.inc"
#include "kernels/pad2d.inc"
#include "kernels/reflection_pad2d.inc"
#include "kernels/replication_pad2d.inc"
#include "kernels/circular_pad2d.inc"
#include "kernels/upsample_bilinear2d.inc"
#include "kernels/upsample_nearest2d.inc"
// clang-format on

}  // namespace

void fill_resizing(Kernels& table) noexcept { QUERN_RESIZING_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
