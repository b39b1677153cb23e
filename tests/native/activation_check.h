// activation's yardstick in long double, kind by kind.
#pragma once

#include <cfloat>
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_activation {

using Real = long double;

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
      return x > 0 ? x : x * static_cast<float>(a.alpha);
    case QUERN_ELU:
      return x <= 0 ? static_cast<float>(a.alpha) * expm1l(x) : x;
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
    default:
      return x * a.beta > a.threshold ? x : log1pl(expl(x * a.beta)) / a.beta;
  }
}

inline Real slope(const quern_activation& a, Real x) {
  const Real s = sigmoid(x), u = gelu_tanh_argument(x), t = mish_tanh(x);
  switch (a.kind) {
    case QUERN_RELU6:
      return x <= 0 || x >= 6 ? 0 : 1;
    case QUERN_LEAKY_RELU:
      return x > 0 ? 1 : static_cast<float>(a.alpha);
    case QUERN_ELU:
      return x <= 0 ? static_cast<float>(a.alpha) * expl(x) : 1;
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
    default:
      return x * a.beta > a.threshold ? 1 : sigmoid(x * a.beta);
  }
}

inline bool reads_dst(const quern_activation& a) {
  int64_t answer = -1;
  CHECK_OK(quern_activation_reads_dst(&a, &answer));
  CHECK(answer == 0 || answer == 1);
  return answer == 1;
}

inline void name_case(const quern_activation& a, int64_t n) {
  in_case("kind %d, alpha %g, beta %g, %lld elements", static_cast<int>(a.kind), a.alpha, a.beta,
          static_cast<long long>(n));
}

// What a denormal factor of x is off by.
inline double least(float x) { return (1 + std::fabs(x)) * 0x1p-149; }

// The exponential magnifies the rounding of its argument.
inline double magnified(const quern_activation& a, float x) {
  return a.kind == QUERN_GELU_TANH                 ? std::fabs(static_cast<double>(gelu_tanh_argument(x)))
         : a.kind == QUERN_SOFTPLUS && a.beta != 1 ? std::fabs(a.beta * x)
                                                   : 0;
}

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
    const double wanted = static_cast<double>(value(a, src[i])), units = 12 + 4 * magnified(a, src[i]);
    CHECK(close_to(dst[i], wanted, std::fabs(wanted) * units * 0x1p-24 + least(src[i])));
    const double steep = static_cast<double>(slope(a, src[i]) * diff_dst[i]);
    CHECK(close_to(diff_src[i], steep, 5e-7 * std::fmax(1, std::fabs(a.alpha))));
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
