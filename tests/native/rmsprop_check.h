// rmsprop against PyTorch's rule in double.
#pragma once

#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_rmsprop {

// One step in double from the floats that the operator starts from, and how far velocity and weights may miss it: a
// gradient that cancels against the decay keeps the rounding of its terms, and dividing by its root spreads that.
struct Expected {
  double weight, square, velocity, average, tolerance;
  Expected(const quern_rmsprop& d, double diff, double w, double s, double v, double a) {
    const double g = diff + d.weight_decay * w;
    const double rounding = 0x1p-23 * (std::fabs(diff) + d.weight_decay * std::fabs(w));
    square = d.alpha * s + (1 - d.alpha) * g * g;
    average = d.alpha * a + (1 - d.alpha) * g;
    const double variance = square - (d.centered ? average * average : 0);
    const double root = std::sqrt(variance), by = root + d.eps;
    velocity = d.momentum * v + g / by;
    weight = w - d.lr * velocity;
    const double of_root = (4e-7 * square + rounding * std::fabs(g)) / (root + 1e-9);
    tolerance = 4e-7 * (std::fabs(w) + std::fabs(d.momentum * v) + std::fabs(g / by)) + rounding / by +
                std::fabs(g) * of_root / (by * by);
  }
};

// Four steps from zero states, each against its own expectation. What is not needed is not passed.
inline std::vector<float> run(const quern_rmsprop& d, int64_t n, Guard side) {
  Random random(static_cast<uint64_t>(n));
  Guarded<float> weights(n, side), diff(n, side), square(n, side), velocity(n, side), average(n, side);
  for (int64_t i = 0; i < n; i++) {
    weights[i] = random.real();
    square[i] = velocity[i] = average[i] = 0;
  }
  for (int step = 1; step <= 4; step++) {
    std::vector<Expected> wanted;
    for (int64_t i = 0; i < n; i++) {
      diff[i] = random.real();
      wanted.emplace_back(d, diff[i], weights[i], square[i], velocity[i], average[i]);
    }
    CHECK_OK(quern_rmsprop_step(&d, n, diff.data(), weights.data(), square.data(),
                                d.momentum > 0 ? velocity.data() : nullptr, d.centered ? average.data() : nullptr));
    CHECK(ran("rmsprop"));
    for (int64_t i = 0; i < n; i++) {
      const Expected& e = wanted[static_cast<size_t>(i)];
      CHECK(close_to(weights[i], e.weight, e.tolerance));
      CHECK(close_to(square[i], e.square, 5e-7));
      CHECK(d.momentum == 0 || close_to(velocity[i], e.velocity, e.tolerance));
      CHECK(!d.centered || close_to(average[i], e.average, 5e-7));
    }
  }
  return std::vector<float>(weights.begin(), weights.end());
}

}  // namespace of_rmsprop
