// local_response_norm against its formula, and the gradient against the formula's derivative.
#pragma once

#include <algorithm>
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_local_response_norm {

struct Window {
  int64_t first, end;
};

inline Window window(const quern_local_response_norm& d, int64_t c) {
  return {std::max<int64_t>(c - (d.size - 1) / 2, 0), std::min(c + d.size / 2 + 1, d.channels)};
}

// What float32 may miss: some roundings of each factor, and those of the sum of squares.
inline bool near(double got, double wanted, double magnitude) {
  return close_to(got, wanted, magnitude * 0x1p-18 + 1e-30);
}

inline std::vector<double> bases(const quern_local_response_norm& d, const float* x) {
  std::vector<double> all;
  for (int64_t c = 0; c < d.channels; c++) {
    double sum = 0;
    for (int64_t i = window(d, c).first; i < window(d, c).end; i++) sum += static_cast<double>(x[i]) * x[i];
    all.push_back(d.k + d.alpha / static_cast<double>(d.size) * sum);
  }
  return all;
}

inline void compare(const quern_local_response_norm& d, const float* x, const float* dy, const float* y,
                    const float* dx) {
  const std::vector<double> s = bases(d, x);
  std::vector<double> wanted, magnitude;
  for (int64_t c = 0; c < d.channels; c++) {
    const size_t i = static_cast<size_t>(c);
    const double value = x[c] / std::pow(s[i], d.beta), direct = dy[c] / std::pow(s[i], d.beta);
    CHECK(near(y[c], value, std::fabs(value)));
    wanted.push_back(direct);
    magnitude.push_back(std::fabs(direct));
  }
  const double factor = 2 * d.alpha * d.beta / static_cast<double>(d.size);
  for (int64_t c = 0; c < d.channels; c++) {
    const double ratio = dy[c] * static_cast<double>(x[c]) / std::pow(s[static_cast<size_t>(c)], d.beta + 1);
    for (int64_t i = window(d, c).first; i < window(d, c).end; i++) {
      wanted[static_cast<size_t>(i)] -= factor * x[i] * ratio;
      magnitude[static_cast<size_t>(i)] += std::fabs(factor * x[i] * ratio);
    }
  }
  for (int64_t c = 0; c < d.channels; c++) {
    CHECK(near(dx[c], wanted[static_cast<size_t>(c)], magnitude[static_cast<size_t>(c)]));
  }
}

inline void check(const quern_local_response_norm& d, Guard side) {
  in_case("%lld rows of %lld channels, size %lld, alpha %g, beta %g, k %g", (long long)d.rows, (long long)d.channels,
          (long long)d.size, d.alpha, d.beta, d.k);
  const int64_t n = d.rows * d.channels;
  Guarded<float> src(n, side), diff(n, side), dst(n, side), diff_src(n, side), dst3(n, side), diff3(n, side);
  Random random(static_cast<uint64_t>(n + d.size));
  for (float& v : src) v = 3 * random.real();
  for (float& v : diff) v = random.real();
  int64_t bytes = 0;
  CHECK_OK(quern_local_response_norm_workspace(&d, &bytes));
  Guarded<float> space(bytes / 4, side);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_local_response_norm_forward(&d, src.data(), dst.data()));
  CHECK(ran("local_response_norm"));
  CHECK_OK(quern_local_response_norm_backward(&d, src.data(), diff.data(), diff_src.data(), space.data(), bytes));
  for (int64_t r = 0; r < n; r += d.channels) {
    compare(d, src.data() + r, diff.data() + r, dst.data() + r, diff_src.data() + r);
  }
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(quern_local_response_norm_forward(&d, src.data(), dst3.data()));
  CHECK_OK(quern_local_response_norm_backward(&d, src.data(), diff.data(), diff3.data(), space.data(), bytes));
  CHECK(std::memcmp(dst.data(), dst3.data(), static_cast<size_t>(n) * sizeof(float)) == 0);
  CHECK(std::memcmp(diff_src.data(), diff3.data(), static_cast<size_t>(n) * sizeof(float)) == 0);
}

}  // namespace of_local_response_norm
