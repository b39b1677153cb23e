// scale, clip, lerp and sum_squares against double arithmetic.
#pragma once

#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_vectors {

inline void values(int64_t n, Guard side) {
  Random random(static_cast<uint64_t>(n) + 1);
  Guarded<float> x(n, side), y(n, side);
  std::vector<float> a(static_cast<size_t>(n)), b(a);
  for (int64_t i = 0; i < n; i++) {
    a[static_cast<size_t>(i)] = x[i] = random.value(Values::Floats);
    b[static_cast<size_t>(i)] = y[i] = random.value(Values::Floats);
  }
  double sum = 0, wanted = 0;
  CHECK_OK(quern_sum_squares(n, x.data(), &sum));
  CHECK(ran("sum_squares"));
  for (float v : a) wanted += static_cast<double>(v) * v;
  CHECK(std::fabs(sum - wanted) <= 1e-12 * (wanted + 1));
  CHECK_OK(quern_lerp(n, 0.25, x.data(), y.data()));
  CHECK(ran("lerp"));
  CHECK_OK(quern_scale(n, 0.5, x.data()));
  CHECK(ran("scale"));
  for (int64_t i = 0; i < n; i++) {
    const size_t k = static_cast<size_t>(i);
    CHECK(x[i] == 0.5f * a[k]);
    CHECK(std::fabs(y[i] - (b[k] + 0.25 * (static_cast<double>(a[k]) - b[k]))) < 3e-7);
  }
  CHECK_OK(quern_clip(n, 0.125, x.data()));
  CHECK(ran("clip"));
  for (int64_t i = 0; i < n; i++) {
    const float half = 0.5f * a[static_cast<size_t>(i)];
    CHECK(x[i] == (half > 0.125f ? 0.125f : half < -0.125f ? -0.125f : half));
  }
}

}  // namespace of_vectors
