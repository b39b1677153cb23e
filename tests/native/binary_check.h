// subtract, divide and maximum against plain loops.
#pragma once

#include "image.h"

namespace of_binary {

constexpr const char* kNames[] = {"subtract", "divide", "maximum"};

inline float value(int64_t kind, float a, float b) {
  if (kind == QUERN_SUBTRACT) return a - b;
  if (kind == QUERN_DIVIDE) return a / b;
  return std::isnan(a) || std::isnan(b) ? NAN : std::fmax(a, b);
}

inline double to_a(int64_t kind, double a, double b, double g) {
  if (kind == QUERN_SUBTRACT) return g;
  if (kind == QUERN_DIVIDE) return g / b;
  return a == b ? g / 2 : a < b ? 0 : g;
}

inline double to_b(int64_t kind, double a, double b, double g) {
  if (kind == QUERN_SUBTRACT) return -g;
  if (kind == QUERN_DIVIDE) return -g * a / (b * b);
  return to_a(kind, b, a, g);
}

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
        CHECK(dst.at(p, i) == value(kind, a.at(p, i), b.at(q, i)));
        CHECK(close_to(diff_a.at(p, i), wanted, std::fabs(wanted) * 0x1p-23));
        sum += to_b(kind, x, y, g);
        most += std::fabs(to_b(kind, x, y, g));
      }
      CHECK(close_to(diff_b.at(q, i), sum, most * 0x1p-22));
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
