// adam against PyTorch's rule in double.
#pragma once

#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_adam {

// One step in double from the floats that the operator starts from, and how far the weights may miss it: a gradient
// that cancels against the decay keeps the rounding of its terms, and dividing by its root spreads that.
struct Expected {
  double weight, average, square, largest, rounding, tolerance;
  Expected(const quern_adam& d, bool amsgrad, double diff, double w, double a, double s, double l) {
    const double g = diff + (d.decoupled ? 0 : d.weight_decay * w);
    rounding = 0x1p-23 * (std::fabs(diff) + d.weight_decay * std::fabs(w));
    average = d.beta1 * a + (1 - d.beta1) * g;
    square = d.beta2 * s + (1 - d.beta2) * g * g;
    largest = std::fmax(l, square);
    const double by = amsgrad ? largest : square, rate = d.lr / d.bias_correction1;
    const double root = std::sqrt(by / d.bias_correction2) + d.eps;
    weight = w * (d.decoupled ? 1 - d.lr * d.weight_decay : 1) - rate * average / root;
    const double of_root = rounding * std::fabs(g) * (1 - d.beta2) / d.bias_correction2 / (root * root);
    tolerance = 4e-7 * (std::fabs(w) + rate * (std::fabs(d.beta1 * a) + std::fabs(average)) / root) +
                rate / root * (rounding + std::fabs(average) * of_root);
  }
};

inline void correct_bias(quern_adam* d, int step) {
  d->bias_correction1 = 1 - std::pow(d->beta1, step);
  d->bias_correction2 = 1 - std::pow(d->beta2, step);
}

// Four steps from zero states, each against its own expectation; the weights are kept for a comparison of bits.
inline std::vector<float> run(quern_adam d, bool amsgrad, int64_t n, Guard side) {
  Random random(static_cast<uint64_t>(n));
  Guarded<float> weights(n, side), diff(n, side), average(n, side), square(n, side), largest(n, side);
  for (int64_t i = 0; i < n; i++) {
    weights[i] = random.real();
    average[i] = square[i] = largest[i] = 0;
  }
  for (int step = 1; step <= 4; step++) {
    correct_bias(&d, step);
    std::vector<Expected> wanted;
    for (int64_t i = 0; i < n; i++) {
      diff[i] = random.real();
      wanted.emplace_back(d, amsgrad, diff[i], weights[i], average[i], square[i], largest[i]);
    }
    CHECK_OK(quern_adam_step(&d, n, diff.data(), weights.data(), average.data(), square.data(),
                             amsgrad ? largest.data() : nullptr));
    CHECK(ran("adam"));
    for (int64_t i = 0; i < n; i++) {
      const Expected& e = wanted[static_cast<size_t>(i)];
      const double square_tolerance = 5e-7 * (1 + e.square) + 2 * std::sqrt(e.square) * e.rounding;
      CHECK(close_to(weights[i], e.weight, e.tolerance));
      CHECK(close_to(average[i], e.average, 5e-7 * (1 + std::fabs(e.average)) + e.rounding));
      CHECK(close_to(square[i], e.square, square_tolerance));
      CHECK(!amsgrad || close_to(largest[i], e.largest, square_tolerance));
    }
  }
  return std::vector<float>(weights.begin(), weights.end());
}

}  // namespace of_adam
