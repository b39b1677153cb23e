// Compiled once per instruction set, as the units in native/src/kernels/units are.
#include "math_kernels.h"

#include <stdint.h>

#define QUERN_JOIN2(a, b) a##b
#define QUERN_JOIN(a, b) QUERN_JOIN2(a, b)

namespace {
namespace QUERN_ISA_NAME {
#include "kernels/math.inc"
#include "kernels/math_float.inc"

float sigmoid(float x) { return sigmoid_float(x).value; }
float sigmoid_rest(float x) { return sigmoid_float(x).rest; }
float normal(float x) { return normal_float(x).distribution; }
float normal_density(float x) { return normal_float(x).density; }
}  // namespace QUERN_ISA_NAME
}  // namespace

Math QUERN_JOIN(math_, QUERN_ISA_NAME)() {
  return {QUERN_ISA_NAME::exp_double, QUERN_ISA_NAME::log_double, QUERN_ISA_NAME::log1p_double};
}

MathFloat QUERN_JOIN(math_float_, QUERN_ISA_NAME)() {
  return {QUERN_ISA_NAME::exp_float,  QUERN_ISA_NAME::expm1_float,   QUERN_ISA_NAME::log1p_float,
          QUERN_ISA_NAME::tanh_float, QUERN_ISA_NAME::sigmoid,       QUERN_ISA_NAME::sigmoid_rest,
          QUERN_ISA_NAME::normal,     QUERN_ISA_NAME::normal_density};
}
