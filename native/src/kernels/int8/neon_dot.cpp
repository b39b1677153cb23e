// NEON with its dot product: four bytes an instruction, signed ones.
#include "kernels/int8/unit.h"

namespace quern {
namespace neon_dot {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/int8/vectors.inc"
#include "kernels/int8/neon.inc"
#include "kernels/int8/some_bytes.inc"
#include "kernels/int8/quads.inc"
// clang-format on

constexpr int kLess = 128;  // an element has its highest bit turned

inline IntVec dot(IntVec sum, Steps x, Steps w) {
  return reinterpret_cast<IntVec>(
      vdotq_s32(reinterpret_cast<int32x4_t>(sum), reinterpret_cast<int8x16_t>(x), reinterpret_cast<int8x16_t>(w)));
}

void interleave(int64_t n, const uint8_t* const* rows, void* dst) {
  auto* to = static_cast<Element*>(dst);
  int64_t i = 0;
  for (; i + 16 <= n; i += 16, to += 64) {
    uint8x16x4_t r;
    for (int j = 0; j < 4; j++) r.val[j] = veorq_u8(vld1q_u8(rows[j] + i), vdupq_n_u8(kLess));
    vst4q_u8(to, r);
  }
  for (; i < n; i++) {
    for (int j = 0; j < kDepth; j++) *to++ = static_cast<Element>(rows[j][i] ^ kLess);
  }
}

// clang-format off
#include "kernels/int8/post.inc"
#include "kernels/int8/rows.inc"
#include "kernels/int8/elements.inc"
// clang-format on

}  // namespace
}  // namespace neon_dot

QUERN_INT8_TABLE(neon_dot)

}  // namespace quern
