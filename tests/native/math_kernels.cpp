// Compiled once per instruction set, as native/src/kernels/kernels.cpp is.
#include "math_kernels.h"

#include <stdint.h>

#define QUERN_JOIN2(a, b) a##b
#define QUERN_JOIN(a, b) QUERN_JOIN2(a, b)

namespace {
namespace QUERN_ISA_NAME {
#include "kernels/math.inc"
}
}  // namespace

Math QUERN_JOIN(math_, QUERN_ISA_NAME)() {
  return {QUERN_ISA_NAME::exp_double, QUERN_ISA_NAME::log_double, QUERN_ISA_NAME::log1p_double};
}
