// activation's yardstick of the functions of arithmetic, in long double.
#pragma once

#include <cmath>

#include "quern.h"

namespace of_functions {

using Real = long double;

inline Real of(const quern_activation& a, int i) { return static_cast<float>(a.coefficients[i]); }

inline Real sign(Real x) { return x > 0 ? 1 : x < 0 ? -1 : x; }

inline Real clamp(Real x, Real least, Real most) {
  const Real low = x < least ? least : x;
  return low > most ? most : low;
}

// The quotient is a float, as the operator's is: it decides which of two steps is nearer.
inline Real step(const quern_activation& a, Real x) {
  return nearbyintl(static_cast<float>(x) / static_cast<float>(a.coefficients[0]));
}

inline Real power(Real x, Real exponent) { return exponent == 0.5L ? sqrtl(x) : powl(x, exponent); }

inline Real value(const quern_activation& a, Real x) {
  switch (a.kind) {
    case QUERN_ABS:
      return fabsl(x);
    case QUERN_AFFINE:
      return of(a, 0) * x + of(a, 1);
    case QUERN_CEIL:
      return ceill(x);
    case QUERN_CELU:
      return x <= 0 ? of(a, 0) * expm1l(x / of(a, 0)) : x;
    case QUERN_CLAMP:
      return clamp(x, of(a, 0), of(a, 1));
    case QUERN_ERF:
      return erfl(x);
    case QUERN_EXP:
      return expl(x);
    case QUERN_FAKE_QUANTIZE:
      return clamp(step(a, x), of(a, 1), of(a, 2)) * of(a, 0);
    case QUERN_FLOOR:
      return floorl(x);
    case QUERN_LOG:
      return logl(x);
    case QUERN_POWER:
      return power(x, of(a, 0));
    case QUERN_RECIPROCAL:
      return 1 / x;
    case QUERN_ROUND:
      return nearbyintl(x);
    case QUERN_SIGN:
      return sign(x);
    case QUERN_SOFTSIGN:
      return x / (1 + fabsl(x));
    default:
      return sqrtl(x);
  }
}

inline Real slope(const quern_activation& a, Real x) {
  switch (a.kind) {
    case QUERN_ABS:
      return x > 0 ? 1 : x < 0 ? -1 : 0;
    case QUERN_AFFINE:
      return of(a, 0);
    case QUERN_CELU:
      return x <= 0 ? expl(x / of(a, 0)) : 1;
    case QUERN_CLAMP:
      return x >= of(a, 0) && x <= of(a, 1) ? 1 : 0;
    case QUERN_ERF:
      return 2 / sqrtl(acosl(-1)) * expl(-x * x);
    case QUERN_EXP:
      return expl(x);
    case QUERN_FAKE_QUANTIZE:
      return step(a, x) >= of(a, 1) && step(a, x) <= of(a, 2) ? 1 : 0;
    case QUERN_LOG:
      return 1 / x;
    case QUERN_POWER:
      return of(a, 0) == 0 ? 0 : of(a, 0) * powl(x, of(a, 0) - 1);
    case QUERN_RECIPROCAL:
      return -1 / (x * x);
    case QUERN_SOFTSIGN:
      return 1 / ((1 + fabsl(x)) * (1 + fabsl(x)));
    case QUERN_SQRT:
      return 1 / (2 * sqrtl(x));
    default:  // ceil, floor, round, sign
      return 0;
  }
}

}  // namespace of_functions
