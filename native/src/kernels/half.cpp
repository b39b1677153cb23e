// Compiled once per instruction set (see cmake/Isa.cmake) with QUERN_ISA_NAME set to its name: direct convolution on
// weights of 16 bits. Not among the units, since AVX2's F16C is an extension of its own.
#include "kernels/half.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define QUERN_JOIN2(a, b) a##b
#define QUERN_JOIN(a, b) QUERN_JOIN2(a, b)

namespace quern {
namespace QUERN_ISA_NAME {
namespace {
namespace half {

// each stands on those before it
// clang-format off
#include "simd.inc"
#include "half_vectors.inc"
#include "tile_rows.inc"
#include "post.inc"
#include "conv_tiles.inc"
// clang-format on

void bf16(const ConvRow& row) { conv_rows_of<Bf16>(row); }
void f16(const ConvRow& row) { conv_rows_of<F16>(row); }

}  // namespace half
}  // namespace
}  // namespace QUERN_ISA_NAME

const HalfKernels& QUERN_JOIN(half_, QUERN_ISA_NAME)() noexcept {
  static constexpr HalfKernels table{QUERN_ISA_NAME::half::bf16, QUERN_ISA_NAME::half::f16};
  return table;
}

}  // namespace quern
