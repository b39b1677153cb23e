// rmsprop against PyTorch's rule in double; and what is refused.
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace {

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
std::vector<float> run(const quern_rmsprop& d, int64_t n, Guard side) {
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

void rules() {
  for (int64_t n : {0, 1, 7, 8, 15, 16, 17, 33, 16384, 16385, 40009}) {
    for (int mode = 0; mode < 8; mode++) {
      const quern_rmsprop d{0.1, 0.9, 1e-6, mode & 1 ? 0.1 : 0.0, mode & 2 ? 0.9 : 0.0, mode & 4 ? 1 : 0};
      in_case("%lld weights, decay %g, momentum %g, centered %d", static_cast<long long>(n), d.weight_decay, d.momentum,
              static_cast<int>(d.centered));
      CHECK_OK(quern_set_threads(1));
      const std::vector<float> alone = run(d, n, mode & 1 ? Guard::After : Guard::Before);
      CHECK_OK(quern_set_threads(3));
      CHECK(run(d, n, Guard::After) == alone);
    }
  }
  in_case("%s", "");
}

void refusals() {
  float* f = untouchable<float>();
  const quern_rmsprop good{0.1, 0.9, 1e-8, 0, 0.9, 1};
  const char* text = "rmsprop: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_rmsprop_step(nullptr, 1, f, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_rmsprop_step(&good, 1, nullptr, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_rmsprop_step(&good, 1, f, nullptr, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_rmsprop_step(&good, 1, f, f, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_rmsprop_step(&good, 1, f, f, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_rmsprop_step(&good, 1, f, f, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "rmsprop: -1 elements", quern_rmsprop_step(&good, -1, f, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_rmsprop_step(&good, INT64_MAX, f, f, f, f, f));
  const auto refused = [&](double quern_rmsprop::*field, double value, const char* what) {
    quern_rmsprop bad = good;
    bad.*field = value;
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, what, quern_rmsprop_step(&bad, 1, f, f, f, f, f));
  };
  for (double bad : {-1.0, static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
    refused(&quern_rmsprop::lr, bad, "rmsprop: lr");
    refused(&quern_rmsprop::alpha, bad, "rmsprop: alpha");
    refused(&quern_rmsprop::eps, bad, "rmsprop: eps");
    refused(&quern_rmsprop::weight_decay, bad, "rmsprop: weight_decay");
    refused(&quern_rmsprop::momentum, bad, "rmsprop: momentum");
  }
  refused(&quern_rmsprop::alpha, 1, "[0, 1)");
  quern_rmsprop bad = good;
  bad.centered = -1;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "centered -1", quern_rmsprop_step(&bad, 1, f, f, f, f, f));
}

}  // namespace

int main() {
  start();
  rules();
  refusals();
  return finish();
}
