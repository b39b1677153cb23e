#include "kernels/unit.h"

namespace quern {
namespace QUERN_ISA_NAME {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/math_float.inc"
#include "kernels/simd.inc"
#include "kernels/small_product.inc"
#include "kernels/scaled_dot_product_attention.inc"
// clang-format on

}  // namespace

void fill_attention(Kernels& table) noexcept { QUERN_ATTENTION_KERNELS(QUERN_FILL) }

}  // namespace QUERN_ISA_NAME
}  // namespace quern
