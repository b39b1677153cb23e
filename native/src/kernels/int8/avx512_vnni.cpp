// AVX-512 with VNNI: four bytes an instruction.
#include "kernels/int8/unit.h"

namespace quern {
namespace avx512_vnni {
namespace {

// each stands on those before it
// clang-format off
#include "kernels/simd.inc"
#include "kernels/int8/vectors.inc"
#include "kernels/int8/avx512.inc"
#include "kernels/int8/avx512_lookup.inc"
#include "kernels/int8/quads.inc"
// clang-format on

constexpr int kLess = 0;

inline IntVec dot(IntVec sum, Steps x, Steps w) {
  return reinterpret_cast<IntVec>(
      _mm512_dpbusd_epi32(reinterpret_cast<__m512i>(sum), reinterpret_cast<__m512i>(x), reinterpret_cast<__m512i>(w)));
}

void interleave(int64_t n, const uint8_t* const* rows, void* dst) {
  auto* to = static_cast<uint8_t*>(dst);
  int64_t i = 0;
  // each quarter of a register has one of every four channels in turn, so that what it unpacks comes out in order
  const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  for (; i + 64 <= n; i += 64, to += 256) {
    __m512i r[4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) r[j] = _mm512_permutexvar_epi32(order, _mm512_loadu_si512(rows[j] + i));
    const __m512i a = _mm512_unpacklo_epi8(r[0], r[1]), b = _mm512_unpackhi_epi8(r[0], r[1]);
    const __m512i c = _mm512_unpacklo_epi8(r[2], r[3]), d = _mm512_unpackhi_epi8(r[2], r[3]);
    _mm512_storeu_si512(to, _mm512_unpacklo_epi16(a, c));
    _mm512_storeu_si512(to + 64, _mm512_unpackhi_epi16(a, c));
    _mm512_storeu_si512(to + 128, _mm512_unpacklo_epi16(b, d));
    _mm512_storeu_si512(to + 192, _mm512_unpackhi_epi16(b, d));
  }
  for (; i < n; i++) {
    for (int j = 0; j < 4; j++) *to++ = rows[j][i];
  }
}

// clang-format off
#include "kernels/int8/post.inc"
#include "kernels/int8/rows.inc"
#include "kernels/int8/elements.inc"
// clang-format on

}  // namespace
}  // namespace avx512_vnni

QUERN_INT8_TABLE(avx512_vnni)

}  // namespace quern
