// AVX2 with AVX-VNNI: four bytes an instruction.
#include "kernels/int8/unit.h"

namespace quern {
namespace avx_vnni {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/int8/vectors.inc"
#include "kernels/int8/avx2.inc"
#include "kernels/int8/some_bytes.inc"
#include "kernels/int8/quads.inc"
#include "kernels/int8/interleave_sse2.inc"
// clang-format on

constexpr int kLess = 0;

inline IntVec dot(IntVec sum, Steps x, Steps w) {
  return reinterpret_cast<IntVec>(_mm256_dpbusd_avx_epi32(reinterpret_cast<__m256i>(sum), reinterpret_cast<__m256i>(x),
                                                          reinterpret_cast<__m256i>(w)));
}

// clang-format off
#include "kernels/int8/post.inc"
#include "kernels/int8/rows.inc"
#include "kernels/int8/elements.inc"
// clang-format on

}  // namespace
}  // namespace avx_vnni

QUERN_INT8_TABLE(avx_vnni)

}  // namespace quern
