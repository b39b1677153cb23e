// activation's yardstick in long double, kind by kind.
#pragma once

#include <cfloat>
#include <vector>

#include "activation_functions.h"
#include "guarded.h"
#include "numbers.h"

namespace of_activation {

using of_functions::of;
using of_functions::Real;

inline Real sigmoid(Real x) { return 1 / (1 + expl(-x)); }
inline Real normal(Real x) { return erfcl(-x / sqrtl(2)) / 2; }
inline Real gelu_tanh_argument(Real x) { return sqrtl(8 / acosl(-1)) * (x + 0.044715L * x * x * x); }
inline Real mish_tanh(Real x) { return x < -50 ? expl(x) : tanhl(log1pl(expl(x))); }
inline constexpr Real kSeluAlpha = 1.6732632423543772848L, kSeluScale = 1.0507009873554804934L;

inline Real value(const quern_activation& a, Real x) {
  switch (a.kind) {
    case QUERN_RELU6:
      return x <= 0 ? 0 : x >= 6 ? 6 : x;
    case QUERN_LEAKY_RELU:
      return x > 0 ? x : x * of(a, 0);
    case QUERN_ELU:
      return x <= 0 ? of(a, 0) * expm1l(x) : x;
    case QUERN_SELU:
      return kSeluScale * (x <= 0 ? kSeluAlpha * expm1l(x) : x);
    case QUERN_GELU:
      return x * normal(x);
    case QUERN_GELU_TANH:
      return x * sigmoid(gelu_tanh_argument(x));
    case QUERN_SILU:
      return x * sigmoid(x);
    case QUERN_MISH:
      return x * mish_tanh(x);
    case QUERN_HARDSWISH:
      return x < -3 ? x * 0 : x > 3 ? x : x * (x + 3) / 6;
    case QUERN_HARDSIGMOID:
      return x < -3 ? 0 : x > 3 ? 1 : (x + 3) / 6;
    case QUERN_SIGMOID:
      return sigmoid(x);
    case QUERN_TANH:
      return tanhl(x);
    case QUERN_SOFTPLUS:
      return x * of(a, 0) > of(a, 1) ? x : log1pl(expl(x * of(a, 0))) / of(a, 0);
    default:
      return of_functions::value(a, x);
  }
}

inline Real slope(const quern_activation& a, Real x) {
  const Real s = sigmoid(x), u = gelu_tanh_argument(x), t = mish_tanh(x);
  switch (a.kind) {
    case QUERN_RELU6:
      return x <= 0 || x >= 6 ? 0 : 1;
    case QUERN_LEAKY_RELU:
      return x > 0 ? 1 : of(a, 0);
    case QUERN_ELU:
      return x <= 0 ? of(a, 0) * expl(x) : 1;
    case QUERN_SELU:
      return kSeluScale * (x <= 0 ? kSeluAlpha * expl(x) : 1);
    case QUERN_GELU:
      return normal(x) + x * expl(-x * x / 2) / sqrtl(2 * acosl(-1));
    case QUERN_GELU_TANH:
      return sigmoid(u) + x * sigmoid(u) * sigmoid(-u) * sqrtl(8 / acosl(-1)) * (1 + 3 * 0.044715L * x * x);
    case QUERN_SILU:
      return s * (1 + x * sigmoid(-x));
    case QUERN_MISH:
      return t + x * s * (1 - t * t);
    case QUERN_HARDSWISH:
      return x < -3 ? 0 : x <= 3 ? x / 3 + 0.5L : 1;
    case QUERN_HARDSIGMOID:
      return x > -3 && x < 3 ? 1 / 6.0L : 0;
    case QUERN_SIGMOID:
      return s * sigmoid(-x);
    case QUERN_TANH:
      return 1 - tanhl(x) * tanhl(x);
    case QUERN_SOFTPLUS:
      return x * of(a, 0) > of(a, 1) ? 1 : sigmoid(x * of(a, 0));
    default:
      return of_functions::slope(a, x);
  }
}

inline bool reads_dst(const quern_activation& a) {
  int64_t answer = -1;
  CHECK_OK(quern_activation_reads_dst(&a, &answer));
  CHECK(answer == 0 || answer == 1);
  return answer == 1;
}

inline void name_case(const quern_activation& a, int64_t n) {
  in_case("kind %d, coefficients %g, %g, %lld elements", static_cast<int>(a.kind), a.coefficients[0], a.coefficients[1],
          static_cast<long long>(n));
}

// What a denormal factor of x is off by.
inline double least(float x) { return (1 + std::fabs(x)) * 0x1p-149; }

// The exponential magnifies the rounding of its argument.
inline double magnified(const quern_activation& a, float x) {
  return a.kind == QUERN_GELU_TANH                            ? std::fabs(static_cast<double>(gelu_tanh_argument(x)))
         : a.kind == QUERN_SOFTPLUS && a.coefficients[0] != 1 ? std::fabs(a.coefficients[0] * x)
                                                              : 0;
}

// The largest number that sums to a value; more of it is rounded than of the value, where the two terms cancel.
inline double term(const quern_activation& a, float x) {
  return a.kind == QUERN_AFFINE ? std::fabs(a.coefficients[0] * x) : 0;
}

// A slope's error is relative to itself, but for those whose terms cancel, which have about 1.
inline double steep_tolerance(const quern_activation& a, double wanted) {
  return 5e-7 * std::fmax(std::fabs(wanted), std::fmax(1, std::fabs(a.coefficients[0])));
}

// As a float, infinite beyond the largest.
inline double as_float(Real wanted) { return static_cast<double>(static_cast<float>(wanted)); }

// Values are right to 6 units in the last place; slopes, where terms cancel, to 5e-7.
inline void compare(const quern_activation& a, int64_t n, Guard side) {
  name_case(a, n);
  Random random(static_cast<uint64_t>(n));
  Guarded<float> src(n, side), dst(n, side), diff_dst(n, side), diff_src(n, side);
  for (float& v : src) v = random.real() * (random.between(0, 3) == 0 ? 90.0f : 7.0f);
  for (float& v : diff_dst) v = random.real();
  CHECK_OK(quern_activation_forward(&a, n, src.data(), dst.data()));
  const float* saved = reads_dst(a) ? dst.data() : src.data();
  CHECK_OK(quern_activation_backward(&a, n, saved, diff_dst.data(), diff_src.data()));
  for (int64_t i = 0; i < n; i++) {
    const double wanted = as_float(value(a, src[i])), units = 12 + 4 * magnified(a, src[i]);
    CHECK(close_to(dst[i], wanted, (std::fabs(wanted) + term(a, src[i])) * units * 0x1p-24 + least(src[i])));
    const double steep = as_float(as_float(slope(a, src[i])) * diff_dst[i]);
    CHECK(close_to(diff_src[i], steep, steep_tolerance(a, steep)));
  }
  // in place
  if (reads_dst(a)) {
    CHECK_OK(quern_activation_forward(&a, n, src.data(), src.data()));
    CHECK(std::memcmp(src.data(), dst.data(), sizeof(float) * static_cast<size_t>(n)) == 0);
  }
  CHECK_OK(quern_activation_backward(&a, n, saved, diff_dst.data(), diff_dst.data()));
  CHECK(std::memcmp(diff_src.data(), diff_dst.data(), sizeof(float) * static_cast<size_t>(n)) == 0);
}

}  // namespace of_activation
