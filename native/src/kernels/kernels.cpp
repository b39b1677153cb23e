// Compiled once per instruction set (see cmake/Isa.cmake) with QUERN_ISA_NAME set to its name. The bodies below are
// included inside a namespace of that name and use no C++ standard header: a shared inline function compiled for
// AVX-512 must never be the copy that the linker keeps for everybody.
#include "kernels.h"

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

#include "math.inc"
#include "math_float.inc"
#include "philox.inc"
#include "pool_windows.inc"
#include "pow_float.inc"
#include "rows.inc"
#include "simd.inc"
#include "sums.inc"
#include "transpose.inc"
// the rest stands on these
#include "activation_kinds.inc"
#include "function_kinds.inc"
// its kinds come first
#include "activation.inc"
#include "adam.inc"
#include "adaptive_avg_pool2d.inc"
#include "max_pool2d.inc"
// has the windows of one and the maxima of the other
#include "adaptive_max_pool2d.inc"
#include "argmax.inc"
#include "avg_pool2d.inc"
#include "bce_with_logits.inc"
#include "binary_kinds.inc"
// what works with them
#include "binary.inc"
#include "broadcast.inc"
#include "post.inc"
// what ends with it
#include "conv_tiles.inc"
// of its tiles
#include "conv_outer.inc"
#include "depthwise.inc"
#include "dropout.inc"
#include "huber.inc"
#include "im2col.inc"
#include "layer_norm.inc"
#include "layout.inc"
#include "local_response_norm.inc"
#include "mse.inc"
#include "muon.inc"
#include "normalize.inc"
#include "pad2d.inc"
// pads that show the image itself
#include "circular_pad2d.inc"
#include "peak.inc"
#include "planar.inc"
#include "prelu.inc"
#include "quantize.inc"
#include "reduction.inc"
#include "reflection_pad2d.inc"
#include "relu.inc"
#include "replication_pad2d.inc"
#include "rmsprop.inc"
#include "sgd.inc"
#include "sigmoid_focal.inc"
#include "softmax.inc"
// what stands on it
#include "dice.inc"
#include "uniform.inc"
#include "upsample_bilinear2d.inc"
#include "upsample_nearest2d.inc"
#include "vectors.inc"
#include "winograd.inc"

}  // namespace
}  // namespace QUERN_ISA_NAME

const Kernels& QUERN_JOIN(kernels_, QUERN_ISA_NAME)() noexcept {
  static constexpr Kernels table{QUERN_ISA_NAME::kLanes, QUERN_ISA_NAME::kWidest, QUERN_ISA_NAME::kMostVectors,
#define QUERN_ENTRY(name, arguments) QUERN_ISA_NAME::name,
                                 QUERN_KERNELS(QUERN_ENTRY)
#undef QUERN_ENTRY
  };
  return table;
}

}  // namespace quern
