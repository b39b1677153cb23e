// Arithmetic and comparisons of two tensors against plain loops.
#pragma once

#include "image.h"

namespace of_binary {

constexpr const char* kNames[] = {"add",     "multiply", "subtract", "divide",  "maximum", "minimum", "pow",
                                  "compare", "compare",  "compare",  "compare", "compare", "where",   "where"};

inline double holds(int64_t kind, double a, double b) {
  switch (kind) {
    case QUERN_EQUAL:
      return a == b;
    case QUERN_LESS:
      return a < b;
    case QUERN_LESS_OR_EQUAL:
      return a <= b;
    case QUERN_GREATER:
      return a > b;
    default:
      return a >= b;
  }
}

// In double; the operator's rounds once more, but pow's, which is near.
inline double value(int64_t kind, double a, double b, double before = 0) {
  switch (kind) {
    case QUERN_ADD:
      return a + b;
    case QUERN_MULTIPLY:
      return a * b;
    case QUERN_SUBTRACT:
      return a - b;
    case QUERN_DIVIDE:
      return a / b;
    case QUERN_MAXIMUM:
      return std::isnan(a) || std::isnan(b) ? NAN : std::fmax(a, b);
    case QUERN_MINIMUM:
      return std::isnan(a) || std::isnan(b) ? NAN : std::fmin(a, b);
    case QUERN_POW:
      return std::pow(a, b);
    case QUERN_WHEN:
      return a != 0 ? b : before;
    case QUERN_UNLESS:
      return a != 0 ? before : b;
    default:
      return holds(kind, a, b);
  }
}

inline double to_a(int64_t kind, double a, double b, double g) {
  switch (kind) {
    case QUERN_ADD:
    case QUERN_SUBTRACT:
      return g;
    case QUERN_MULTIPLY:
      return g * b;
    case QUERN_DIVIDE:
      return g / b;
    case QUERN_MAXIMUM:
      return a == b ? g / 2 : a < b ? 0 : g;
    case QUERN_MINIMUM:
      return a == b ? g / 2 : a > b ? 0 : g;
    case QUERN_POW:
      return b == 0 ? 0 : g * (b * std::pow(a, b - 1));
    default:
      return 0;
  }
}

inline double to_b(int64_t kind, double a, double b, double g) {
  switch (kind) {
    case QUERN_ADD:
      return g;
    case QUERN_SUBTRACT:
      return -g;
    case QUERN_MULTIPLY:
      return g * a;
    case QUERN_DIVIDE:
      return -g * a / (b * b);
    case QUERN_MAXIMUM:
    case QUERN_MINIMUM:
      return to_a(kind, b, a, g);
    case QUERN_POW:
      return a == 0 && b >= 0 ? 0 : g * (std::pow(a, b) * std::log(a));
    case QUERN_WHEN:
      return a != 0 ? g : 0;
    case QUERN_UNLESS:
      return a != 0 ? 0 : g;
    default:
      return 0;
  }
}

// Of which a float's own operation is off.
inline double off(double wanted) { return std::fabs(wanted) * 4e-7; }

inline void check(int64_t kind, int64_t n, int64_t pixels, int64_t other_pixels, int64_t c, Guard side) {
  in_case("%s of %lldx%lldx%lld by %lld pixels", kNames[kind], (long long)n, (long long)pixels, (long long)c,
          (long long)other_pixels);
  const auto whole = [&] { return Image(n, 1, pixels, c, c, side); };
  const auto part = [&] { return Image(n, 1, other_pixels, c, c, side); };
  Image a = whole(), b = part(), diff = whole(), dst = whole(), diff_a = whole(), diff_b = part();
  Random random(static_cast<uint64_t>(pixels * 100 + c + kind));
  a.fill(&random, Values::Integers);  // many are equal
  b.fill(&random, Values::Integers);
  diff.fill(&random, Values::Floats);
  for (int64_t q = 0; q < n * other_pixels; q++) {
    for (int64_t i = 0; i < c; i++) b.at(q, i) = b.at(q, i) == 0 ? 0.5f : b.at(q, i);  // divides
  }
  for (int64_t p = 0; p < n * pixels && kind == QUERN_POW; p++) {
    for (int64_t i = 0; i < c; i++) a.at(p, i) = std::fabs(a.at(p, i)) + 0.25f;  // has a logarithm
  }
  CHECK_OK(quern_set_threads(1));
  const auto forward = [&](float* to) {
    return quern_binary_forward(kind, QUERN_F32, n, pixels, other_pixels, c, a.data(), b.data(), to);
  };
  const auto backward = [&](float* to_src, float* to_other) {
    return quern_binary_backward(kind, QUERN_F32, n, pixels, other_pixels, c, a.data(), b.data(), diff.data(), to_src,
                                 to_other);
  };
  CHECK_OK(forward(dst.data()));
  CHECK(ran(kNames[kind]));
  CHECK_OK(backward(diff_a.data(), diff_b.data()));
  for (int64_t i = 0; i < c; i++) {
    for (int64_t q = 0; q < n * other_pixels; q++) {
      const double y = b.at(q, i);
      double sum = 0, most = 0;
      for (int64_t p = q * pixels / other_pixels; p < (q + 1) * pixels / other_pixels; p++) {
        const double x = a.at(p, i), g = diff.at(p, i), wanted = to_a(kind, x, y, g);
        const double result = value(kind, x, y);
        CHECK(close_to(dst.at(p, i), result, kind == QUERN_POW ? off(result) : std::fabs(result) * 0x1p-24));
        CHECK(close_to(diff_a.at(p, i), wanted, off(wanted)));
        sum += to_b(kind, x, y, g);
        most += std::fabs(to_b(kind, x, y, g));
      }
      CHECK(close_to(diff_b.at(q, i), sum, off(most)));
    }
  }
  CHECK_OK(quern_set_threads(many_threads));
  Image dst3 = whole(), diff_a3 = whole(), diff_b3 = part();
  CHECK_OK(forward(dst3.data()));
  CHECK_OK(backward(diff_a3.data(), nullptr));
  CHECK_OK(backward(nullptr, diff_b3.data()));
  CHECK(dst3.same_bits(dst) && diff_a3.same_bits(diff_a) && diff_b3.same_bits(diff_b));
  CHECK_OK(forward(a.data()));
  CHECK(a.same_bits(dst));
}

}  // namespace of_binary
