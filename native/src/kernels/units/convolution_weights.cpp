#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/tile_rows.inc"
#include "kernels/conv_outer.inc"
#include "kernels/bf16_vectors.inc"
#include "kernels/post.inc"
#include "kernels/depthwise.inc"
#include "kernels/planar.inc"
// clang-format on

}  // namespace

void fill_convolution_weights(Kernels& table) noexcept { QUERN_CONVOLUTION_WEIGHTS_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
