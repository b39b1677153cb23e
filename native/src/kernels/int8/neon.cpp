// NEON: products of 16 bits one by one.
#include "kernels/int8/unit.h"

namespace quern {
namespace neon {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/int8/vectors.inc"
#include "kernels/int8/neon.inc"
#include "kernels/int8/some_bytes.inc"
#include "kernels/int8/singles.inc"
// clang-format on

inline IntVec dot(IntVec sum, Steps x, Steps w) {
  return reinterpret_cast<IntVec>(
      vmlal_s16(reinterpret_cast<int32x4_t>(sum), reinterpret_cast<int16x4_t>(x), reinterpret_cast<int16x4_t>(w)));
}

// clang-format off
#include "kernels/int8/post.inc"
#include "kernels/int8/rows.inc"
#include "kernels/int8/elements.inc"
// clang-format on

}  // namespace
}  // namespace neon

QUERN_INT8_TABLE(neon)

}  // namespace quern
