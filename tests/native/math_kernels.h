// The functions of kernels/math.inc and kernels/math_float.inc, compiled with each instruction set's flags.
#pragma once

struct Math {
  double (*exp)(double);
  double (*log)(double);
  double (*log1p)(double);
};

struct MathFloat {
  float (*exp)(float);
  float (*expm1)(float);
  float (*log1p)(float);
  float (*tanh)(float);
  float (*sigmoid)(float);
  float (*sigmoid_rest)(float);
  float (*normal)(float);
  float (*normal_density)(float);
};

Math math_baseline();
Math math_avx2();
Math math_avx512();
Math math_neon();

MathFloat math_float_baseline();
MathFloat math_float_avx2();
MathFloat math_float_avx512();
MathFloat math_float_neon();
