// Any processor: SSE2 with pairs of 16 bits on x86-64, the compiler's own vectors elsewhere.
#include "kernels/int8/unit.h"

namespace quern {
namespace baseline {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/int8/vectors.inc"
#if defined(__x86_64__)
#include "kernels/int8/sse2.inc"
#include "kernels/int8/some_bytes.inc"
#include "kernels/int8/words.inc"
#include "kernels/int8/interleave_sse2.inc"
#else
#include "kernels/int8/generic.inc"
#include "kernels/int8/some_bytes.inc"
#include "kernels/int8/singles.inc"
#endif
// clang-format on

#if defined(__x86_64__)
inline Steps load_weights(const int8_t* p) {
  const __m128i b = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
  return reinterpret_cast<IntVec>(_mm_srai_epi16(_mm_unpacklo_epi8(b, b), 8));
}
inline IntVec dot(IntVec sum, Steps x, Steps w) {
  return sum + reinterpret_cast<IntVec>(_mm_madd_epi16(reinterpret_cast<__m128i>(x), reinterpret_cast<__m128i>(w)));
}
#else
inline IntVec dot(IntVec sum, Steps x, Steps w) {
  return sum + __builtin_convertvector(x, IntVec) * __builtin_convertvector(w, IntVec);
}
#endif

// clang-format off
#include "kernels/int8/post.inc"
#include "kernels/int8/rows.inc"
#include "kernels/int8/elements.inc"
// clang-format on

}  // namespace
}  // namespace baseline

QUERN_INT8_TABLE(baseline)

}  // namespace quern
