#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/math.inc"
#include "kernels/math_float.inc"
#include "kernels/pow_float.inc"
#include "kernels/philox.inc"
#include "kernels/simd.inc"
#include "kernels/sums.inc"
#include "kernels/transpose.inc"
#include "kernels/rows.inc"
#include "kernels/relu.inc"
#include "kernels/prelu.inc"
#include "kernels/activation_blocks.inc"
#include "kernels/activations.inc"
#include "kernels/activation.inc"
#include "kernels/dropout.inc"
#include "kernels/uniform.inc"
#include "kernels/layout.inc"
#include "kernels/vectors.inc"
#include "kernels/quantize.inc"
#include "kernels/bf16_vectors.inc"
#include "kernels/cast.inc"
// clang-format on

}  // namespace

void fill_elements(Kernels& table) noexcept { QUERN_ELEMENTS_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
