// huber against long double arithmetic, on both sides of its kink.
#pragma once

#include "elements.h"

namespace of_huber {

inline Elements problem(int64_t n, int64_t sum, double delta, Guard side) {
  return Elements(n, 3, side, [=](const float* src, const float* targets, float* diff, double* loss) {
    return quern_huber_loss(n, sum, delta, src, targets, diff, loss);
  });
}

inline void check(int64_t n, int64_t sum, double delta, Guard side) {
  const auto each = [=](int64_t, long double x, long double y) {
    const long double e = fabsl(x - y);
    return e <= delta ? e * e / 2 : delta * e - delta * delta / 2;
  };
  const auto slope = [=](int64_t, long double x, long double y) { return fmaxl(fminl(x - y, delta), -delta); };
  problem(n, sum, delta, side).compare(sum ? 1.0 : 1.0 / static_cast<double>(n), each, slope);
  CHECK(ran("huber"));
}

}  // namespace of_huber
