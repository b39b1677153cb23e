// exp, log and log1p of kernels/math.inc, compiled with each instruction set's flags.
#pragma once

struct Math {
  double (*exp)(double);
  double (*log)(double);
  double (*log1p)(double);
};

Math math_baseline();
Math math_avx2();
Math math_avx512();
Math math_neon();
