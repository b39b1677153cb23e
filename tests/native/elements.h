// What the tests of losses of equally many sources and targets share.
#pragma once

#include <functional>
#include <vector>

#include "guarded.h"
#include "numbers.h"

// Source, target, gradient or null, result.
using Loss = std::function<int(const float*, const float*, float*, double*)>;

struct Elements {
  Loss call;
  Guarded<float> src, targets, diff;
  double loss = 0;

  // Targets lie in [0, 1), sources in [-spread, spread).
  Elements(int64_t n, float spread, Guard side, Loss run) : call(run), src(n, side), targets(n, side), diff(n, side) {
    Random random(static_cast<uint64_t>(n) + 3);
    for (float& v : src) v = random.real() * spread;
    for (float& v : targets) v = 0.5f + 0.5f * random.real();
  }
  void run() { CHECK_OK(call(src.data(), targets.data(), diff.data(), &loss)); }

  // The loss is that of its elements, which are near `each` in turn; the gradient that of `slope`.
  template <typename Each, typename Slope>
  void compare(double scale, Each&& each, Slope&& slope) {
    run();
    long double sum = 0;
    for (int64_t i = 0; i < src.size(); i++) {
      sum += each(i, static_cast<long double>(src[i]), static_cast<long double>(targets[i]));
      const double wanted = static_cast<double>(scale * slope(i, src[i], targets[i]));
      CHECK(close_to(diff[i], wanted, std::fabs(wanted) * 0x1.1p-24 + 1e-13 * scale));
    }
    const double wanted = static_cast<double>(sum) * scale;
    CHECK(close_to(loss, wanted, 1e-12 * wanted));
    double inference = 0;
    CHECK_OK(call(src.data(), targets.data(), nullptr, &inference));
    CHECK(inference == loss);
  }

  // By central differences; f's third derivative times h^2 / 6 is far below the tolerance.
  void finite_differences(double tolerance) {
    run();
    for (int64_t i = 0; i < src.size(); i++) {
      const float x = src[i], above = x + 0x1p-10f, below = x - 0x1p-10f;
      double up = 0, down = 0;
      src[i] = above;
      CHECK_OK(call(src.data(), targets.data(), nullptr, &up));
      src[i] = below;
      CHECK_OK(call(src.data(), targets.data(), nullptr, &down));
      src[i] = x;
      CHECK(close_to(diff[i], (up - down) / (static_cast<double>(above) - below), tolerance));
    }
  }

  // The bits of one thread for any number of threads.
  void same_bits() {
    CHECK_OK(quern_set_threads(1));
    run();
    const double one = loss;
    const std::vector<float> before(diff.begin(), diff.end());
    for (int threads : {2, 3, 8}) {
      CHECK_OK(quern_set_threads(threads));
      run();
      CHECK(loss == one);
      for (int64_t i = 0; i < diff.size(); i++) CHECK(diff[i] == before[static_cast<size_t>(i)]);
    }
    CHECK_OK(quern_set_threads(1));
  }
};

constexpr int64_t kLengths[] = {1, 2, 3, 7, 8, 9, 17, 1009, 16383, 16385, 50021};
