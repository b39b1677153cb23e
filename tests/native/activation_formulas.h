// Values and slopes of activations in long double, by name. A function that is not here is held to properties that need
// no formula (activation_check.h).
#pragma once

#include <cmath>
#include <cstring>

#include "quern.h"

namespace of_activation {

using Real = long double;
using Activation = quern_activation;

struct Formula {
  const char* name;
  Real (*value)(const Activation& a, Real x);
  Real (*slope)(const Activation& a, Real x);
};

inline Real of(const Activation& a, int i) { return static_cast<float>(a.coefficients[i]); }

inline Real sigmoid(Real x) { return 1 / (1 + expl(-x)); }
inline Real normal(Real x) { return erfcl(-x / sqrtl(2)) / 2; }
inline Real gelu_tanh_argument(Real x) { return sqrtl(8 / acosl(-1)) * (x + 0.044715L * x * x * x); }
inline Real mish_tanh(Real x) { return x < -50 ? expl(x) : tanhl(log1pl(expl(x))); }
inline constexpr Real kSeluAlpha = 1.6732632423543772848L, kSeluScale = 1.0507009873554804934L;

inline Real clamp(Real x, Real least, Real most) {
  const Real low = x < least ? least : x;
  return low > most ? most : low;
}

// The quotient is a float, as the operator's is: it decides which of two steps is nearer.
inline Real step(const Activation& a, Real x) {
  return nearbyintl(static_cast<float>(x) / static_cast<float>(a.coefficients[0]));
}

inline Real gelu_tanh_slope(const Activation&, Real x) {
  const Real u = gelu_tanh_argument(x);
  return sigmoid(u) + x * sigmoid(u) * sigmoid(-u) * sqrtl(8 / acosl(-1)) * (1 + 3 * 0.044715L * x * x);
}

inline Real mish_slope(const Activation&, Real x) {
  const Real t = mish_tanh(x);
  return t + x * sigmoid(x) * (1 - t * t);
}

inline Real softplus(const Activation& a, Real x) {
  return x * of(a, 0) > of(a, 1) ? x : log1pl(expl(x * of(a, 0))) / of(a, 0);
}

#define QUERN_OF(expression) \
  []([[maybe_unused]] const Activation& a, [[maybe_unused]] Real x) -> Real { return expression; }
#define QUERN_FLAT [](const Activation&, Real) -> Real { return 0; }

// clang-format off
inline const Formula kFormulas[] = {
    {"relu6", QUERN_OF(x <= 0 ? 0 : x >= 6 ? 6 : x), QUERN_OF(x <= 0 || x >= 6 ? 0 : 1)},
    {"leaky_relu", QUERN_OF(x > 0 ? x : x * of(a, 0)), QUERN_OF(x > 0 ? 1 : of(a, 0))},
    {"elu", QUERN_OF(x <= 0 ? of(a, 0) * expm1l(x) : x), QUERN_OF(x <= 0 ? of(a, 0) * expl(x) : 1)},
    {"selu", QUERN_OF(kSeluScale * (x <= 0 ? kSeluAlpha * expm1l(x) : x)),
     QUERN_OF(kSeluScale * (x <= 0 ? kSeluAlpha * expl(x) : 1))},
    {"gelu", QUERN_OF(x * normal(x)), QUERN_OF(normal(x) + x * expl(-x * x / 2) / sqrtl(2 * acosl(-1)))},
    {"gelu_tanh", QUERN_OF(x * sigmoid(gelu_tanh_argument(x))), gelu_tanh_slope},
    {"silu", QUERN_OF(x * sigmoid(x)), QUERN_OF(sigmoid(x) * (1 + x * sigmoid(-x)))},
    {"mish", QUERN_OF(x * mish_tanh(x)), mish_slope},
    {"hardswish", QUERN_OF(x < -3 ? x * 0 : x > 3 ? x : x * (x + 3) / 6),
     QUERN_OF(x < -3 ? 0 : x <= 3 ? x / 3 + 0.5L : 1)},
    {"hardsigmoid", QUERN_OF(x < -3 ? 0 : x > 3 ? 1 : (x + 3) / 6), QUERN_OF(x > -3 && x < 3 ? 1 / 6.0L : 0)},
    {"sigmoid", QUERN_OF(sigmoid(x)), QUERN_OF(sigmoid(x) * sigmoid(-x))},
    {"tanh", QUERN_OF(tanhl(x)), QUERN_OF(1 - tanhl(x) * tanhl(x))},
    {"softplus", softplus, QUERN_OF(x * of(a, 0) > of(a, 1) ? 1 : sigmoid(x * of(a, 0)))},
    {"abs", QUERN_OF(fabsl(x)), QUERN_OF(x > 0 ? 1 : x < 0 ? -1 : 0)},
    {"affine", QUERN_OF(of(a, 0) * x + of(a, 1)), QUERN_OF(of(a, 0))},
    {"ceil", QUERN_OF(ceill(x)), QUERN_FLAT},
    {"celu", QUERN_OF(x <= 0 ? of(a, 0) * expm1l(x / of(a, 0)) : x), QUERN_OF(x <= 0 ? expl(x / of(a, 0)) : 1)},
    {"clamp", QUERN_OF(clamp(x, of(a, 0), of(a, 1))), QUERN_OF(x >= of(a, 0) && x <= of(a, 1) ? 1 : 0)},
    {"erf", QUERN_OF(erfl(x)), QUERN_OF(2 / sqrtl(acosl(-1)) * expl(-x * x))},
    {"exp", QUERN_OF(expl(x)), QUERN_OF(expl(x))},
    {"fake_quantize", QUERN_OF(clamp(step(a, x), of(a, 1), of(a, 2)) * of(a, 0)),
     QUERN_OF(step(a, x) >= of(a, 1) && step(a, x) <= of(a, 2) ? 1 : 0)},
    {"floor", QUERN_OF(floorl(x)), QUERN_FLAT},
    {"log", QUERN_OF(logl(x)), QUERN_OF(1 / x)},
    {"power", QUERN_OF(of(a, 0) == 0.5L ? sqrtl(x) : powl(x, of(a, 0))),
     QUERN_OF(of(a, 0) == 0 ? 0 : of(a, 0) * powl(x, of(a, 0) - 1))},
    {"reciprocal", QUERN_OF(1 / x), QUERN_OF(-1 / (x * x))},
    {"round", QUERN_OF(nearbyintl(x)), QUERN_FLAT},
    {"sign", QUERN_OF(x > 0 ? 1 : x < 0 ? -1 : x), QUERN_FLAT},
    {"softsign", QUERN_OF(x / (1 + fabsl(x))), QUERN_OF(1 / ((1 + fabsl(x)) * (1 + fabsl(x))))},
    {"sqrt", QUERN_OF(sqrtl(x)), QUERN_OF(1 / (2 * sqrtl(x)))},
};
// clang-format on
#undef QUERN_OF
#undef QUERN_FLAT

// NULL where there is none.
inline const Formula* formula_of(const Activation& a) {
  for (const Formula& f : kFormulas) {
    if (std::strcmp(f.name, quern_activation_name(a.kind)) == 0) return &f;
  }
  return nullptr;
}

}  // namespace of_activation
