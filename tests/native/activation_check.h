// What activations are held to: their formulas in long double where there are some, and properties of every function.
#pragma once

#include <cfloat>
#include <vector>

#include "activation_formulas.h"
#include "activation_named.h"
#include "guarded.h"
#include "numbers.h"

namespace of_activation {

inline bool reads_dst(const Activation& a) {
  int64_t answer = -1;
  CHECK_OK(quern_activation_reads_dst(&a, &answer));
  CHECK(answer == 0 || answer == 1);
  return answer == 1;
}

inline void name_case(const Activation& a, int64_t n) {
  in_case("%s, coefficients %g, %g, %g, %lld elements", quern_activation_name(a.kind), a.coefficients[0],
          a.coefficients[1], a.coefficients[2], static_cast<long long>(n));
}

// One element, and its gradient for an output gradient of 1.
inline void one(const Activation& a, float x, float* y, float* dx) {
  const float diff = 1;
  CHECK_OK(quern_activation_forward(&a, 1, &x, y));
  CHECK_OK(quern_activation_backward(&a, 1, reads_dst(a) ? y : &x, &diff, dx));
}

// What a denormal factor of x is off by.
inline double least(float x) { return (1 + std::fabs(x)) * 0x1p-149; }

// The exponential magnifies the rounding of its argument.
inline double magnified(const Activation& a, float x) {
  return is_activation(a, "gelu_tanh") ? std::fabs(static_cast<double>(gelu_tanh_argument(x)))
         : is_activation(a, "softplus") && a.coefficients[0] != 1 ? std::fabs(a.coefficients[0] * x)
                                                                  : 0;
}

// The largest number that sums to a value; more of it is rounded than of the value, where the two terms cancel.
inline double term(const Activation& a, float x) {
  return is_activation(a, "affine") ? std::fabs(a.coefficients[0] * x) : 0;
}

// A slope's error is relative to itself, but for those whose terms cancel, which have about 1.
inline double steep_tolerance(const Activation& a, double wanted) {
  return 5e-7 * std::fmax(std::fabs(wanted), std::fmax(1, std::fabs(a.coefficients[0])));
}

// As a float, infinite beyond the largest.
inline double as_float(Real wanted) { return static_cast<double>(static_cast<float>(wanted)); }

// Values are right to 6 units in the last place; slopes, where terms cancel, to 5e-7.
inline void check_formula(const Activation& a, int64_t n, const float* src, const float* dst, const float* diff_dst,
                          const float* diff_src) {
  const Formula* f = formula_of(a);
  for (int64_t i = 0; f != nullptr && i < n; i++) {
    const double wanted = as_float(f->value(a, src[i])), units = 12 + 4 * magnified(a, src[i]);
    CHECK(close_to(dst[i], wanted, (std::fabs(wanted) + term(a, src[i])) * units * 0x1p-24 + least(src[i])));
    const double steep = as_float(as_float(f->slope(a, src[i])) * diff_dst[i]);
    CHECK(close_to(diff_src[i], steep, steep_tolerance(a, steep)));
  }
}

// The gradient is the quotient of differences on one side of x at least: a kink lies on the other. Rounding the value
// and bending of the function leave 1 percent.
inline void check_differences(const Activation& a) {
  if (is_activation(a, "fake_quantize")) return;  // its gradient passes through the steps
  name_case(a, 1);
  Random random(3);
  for (int i = 0; i < 1000; i++) {
    const float x = random.real() * 8, h = std::ldexp(std::fabs(x), -11), below = x - h, above = x + h;
    if (std::fabs(x) < 0.01f) continue;
    float y, slope, low, high, ignored;
    one(a, x, &y, &slope);
    one(a, below, &low, &ignored);
    one(a, above, &high, &ignored);
    if (!std::isfinite(low) || !std::isfinite(y) || !std::isfinite(high)) continue;
    const double left = (static_cast<double>(y) - low) / (static_cast<double>(x) - below);
    const double right = (static_cast<double>(high) - y) / (static_cast<double>(above) - x);
    const double rounding = 4 * FLT_EPSILON * std::fabs(static_cast<double>(y)) / static_cast<double>(h);
    const double tolerance = 0.01 * std::fmax(1, std::fabs(static_cast<double>(slope))) + rounding;
    CHECK(close_to(slope, left, tolerance) || close_to(slope, right, tolerance));
  }
}

inline void compare(const Activation& a, int64_t n, Guard side) {
  name_case(a, n);
  Random random(static_cast<uint64_t>(n));
  Guarded<float> src(n, side), dst(n, side), diff_dst(n, side), diff_src(n, side);
  for (float& v : src) v = random.real() * (random.between(0, 3) == 0 ? 90.0f : 7.0f);
  for (float& v : diff_dst) v = random.real();
  CHECK_OK(quern_activation_forward(&a, n, src.data(), dst.data()));
  const float* saved = reads_dst(a) ? dst.data() : src.data();
  CHECK_OK(quern_activation_backward(&a, n, saved, diff_dst.data(), diff_src.data()));
  check_formula(a, n, src.data(), dst.data(), diff_dst.data(), diff_src.data());
  // in place
  if (reads_dst(a)) {
    CHECK_OK(quern_activation_forward(&a, n, src.data(), src.data()));
    CHECK(std::memcmp(src.data(), dst.data(), sizeof(float) * static_cast<size_t>(n)) == 0);
  }
  CHECK_OK(quern_activation_backward(&a, n, saved, diff_dst.data(), diff_dst.data()));
  CHECK(std::memcmp(diff_src.data(), diff_dst.data(), sizeof(float) * static_cast<size_t>(n)) == 0);
}

}  // namespace of_activation
