// AVX2: pairs of 16 bits.
#include "kernels/int8/unit.h"

namespace quern {
namespace avx2 {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/int8/vectors.inc"
#include "kernels/int8/avx2.inc"
#include "kernels/int8/some_bytes.inc"
#include "kernels/int8/words.inc"
#include "kernels/int8/interleave_sse2.inc"
// clang-format on

inline Steps load_weights(const int8_t* p) {
  return reinterpret_cast<IntVec>(_mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))));
}
inline IntVec dot(IntVec sum, Steps x, Steps w) {
  return sum + reinterpret_cast<IntVec>(_mm256_madd_epi16(reinterpret_cast<__m256i>(x), reinterpret_cast<__m256i>(w)));
}

// clang-format off
#include "kernels/int8/post.inc"
#include "kernels/int8/rows.inc"
#include "kernels/int8/elements.inc"
// clang-format on

}  // namespace
}  // namespace avx2

QUERN_INT8_TABLE(avx2)

}  // namespace quern
