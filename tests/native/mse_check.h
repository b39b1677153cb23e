// mse against long double arithmetic.
#pragma once

#include "elements.h"

namespace of_mse {

inline Elements problem(int64_t n, int64_t sum, Guard side) {
  return Elements(n, 3, side, [=](const float* src, const float* targets, float* diff, double* loss) {
    return quern_mse_loss(n, sum, src, targets, diff, loss);
  });
}

inline void check(int64_t n, int64_t sum, Guard side) {
  problem(n, sum, side)
      .compare(
          sum ? 1.0 : 1.0 / static_cast<double>(n),
          [](int64_t, long double x, long double y) { return (x - y) * (x - y); },
          [](int64_t, long double x, long double y) { return 2 * (x - y); });
  CHECK(ran("mse"));
}

}  // namespace of_mse
