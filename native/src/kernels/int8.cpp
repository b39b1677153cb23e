// Compiled once per way of multiplying bytes (see cmake/Isa.cmake) with QUERN_ISA_NAME set to its name. Sums are whole
// numbers and no instruction saturates, so that all give the same bits. With VNNI, or the dot product of NEON, four
// products of bytes are added at once; elsewhere bytes become 16 bits, of which two products are added in 32.
#include "kernels/int8.h"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define QUERN_JOIN2(a, b) a##b
#define QUERN_JOIN(a, b) QUERN_JOIN2(a, b)

#if defined(__AMX_INT8__)
// what the matrix unit does not do is in the object of VNNI
#pragma GCC diagnostic ignored "-Wunused-function"
#endif

namespace quern {
const Int8Kernels& int8_avx512_vnni() noexcept;

namespace QUERN_ISA_NAME {
namespace {
namespace int8 {

#include "simd.inc"
// what it is made of
#include "int8_vectors.inc"
// and what is made of that
#include "int8_rows.inc"
// and what else is made of bytes
#include "int8_elements.inc"
#if defined(__AMX_INT8__)
#include "int8_amx.inc"
#endif

}  // namespace int8
}  // namespace
}  // namespace QUERN_ISA_NAME

#if defined(__AMX_INT8__)
// Called under a lock, as kernels_amx is.
const Int8Kernels& int8_amx() noexcept {
  static Int8Kernels table;
  table = int8_avx512_vnni();
  table.rows = amx::int8::unit_rows;
  table.together = amx::int8::kTilePixels;
  return table;
}
#else
const Int8Kernels& QUERN_JOIN(int8_, QUERN_ISA_NAME)() noexcept {
  namespace k = QUERN_ISA_NAME::int8;
  static constexpr Int8Kernels table{
      k::kLanes,    k::kWidest, k::kDepth, sizeof(k::Element), k::kLess,  k::widen, k::interleave, k::rows,
      k::depthwise, k::mean,    k::sum,    k::product,         k::lookup, 1};
  return table;
}
#endif

}  // namespace quern
