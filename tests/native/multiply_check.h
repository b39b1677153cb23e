// multiply against plain loops.
#pragma once

#include "image.h"

namespace of_multiply {

inline void check(int64_t n, int64_t pixels, int64_t other_pixels, int64_t c, Guard side) {
  in_case("%lldx%lldx%lld by %lld pixels", (long long)n, (long long)pixels, (long long)c, (long long)other_pixels);
  const auto whole = [&] { return Image(n, 1, pixels, c, c, side); };
  const auto part = [&] { return Image(n, 1, other_pixels, c, c, side); };
  Image a = whole(), b = part(), diff = whole(), dst = whole(), diff_a = whole(), diff_b = part();
  Random random(static_cast<uint64_t>(pixels * 100 + c));
  for (Image* i : {&a, &b, &diff}) i->fill(&random, Values::Floats);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_multiply_forward(QUERN_F32, n, pixels, other_pixels, c, a.data(), b.data(), dst.data()));
  CHECK(ran("multiply"));
  CHECK_OK(quern_multiply_backward(QUERN_F32, n, pixels, other_pixels, c, a.data(), b.data(), diff.data(),
                                   diff_a.data(), diff_b.data()));
  CHECK(ran("multiply"));
  for (int64_t i = 0; i < c; i++) {
    for (int64_t q = 0; q < n * other_pixels; q++) {
      Sum sum;
      for (int64_t p = q * pixels / other_pixels; p < (q + 1) * pixels / other_pixels; p++) {
        CHECK(dst.at(p, i) == a.at(p, i) * b.at(q, i));
        CHECK(diff_a.at(p, i) == diff.at(p, i) * b.at(q, i));
        sum.add(static_cast<double>(diff.at(p, i)) * a.at(p, i));
      }
      CHECK(close_to(diff_b.at(q, i), sum.value, std::fabs(sum.value) * 0x1p-23 + 1e-12));
    }
  }
  CHECK_OK(quern_set_threads(many_threads));
  Image diff_a3 = whole(), diff_b3 = part();
  CHECK_OK(quern_multiply_backward(QUERN_F32, n, pixels, other_pixels, c, a.data(), b.data(), diff.data(),
                                   diff_a3.data(), nullptr));
  CHECK_OK(quern_multiply_backward(QUERN_F32, n, pixels, other_pixels, c, a.data(), b.data(), diff.data(), nullptr,
                                   diff_b3.data()));
  CHECK(diff_a3.same_bits(diff_a) && diff_b3.same_bits(diff_b));
  CHECK_OK(quern_multiply_forward(QUERN_F32, n, pixels, other_pixels, c, a.data(), b.data(), a.data()));
  CHECK(a.same_bits(dst));
}

}  // namespace of_multiply
