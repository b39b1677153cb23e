// rmsprop against PyTorch's rule in double; and what is refused.
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace {

struct Expected {
  double weight, square = 0, velocity = 0, average = 0;
  void step(const quern_rmsprop& d, double diff) {
    const double g = diff + d.weight_decay * weight;
    square = d.alpha * square + (1 - d.alpha) * g * g;
    average = d.alpha * average + (1 - d.alpha) * g;
    velocity = d.momentum * velocity + g / (std::sqrt(square - (d.centered ? average * average : 0)) + d.eps);
    weight -= d.lr * velocity;
  }
};

// Four steps from zero states. What is not needed is not passed.
std::vector<float> run(const quern_rmsprop& d, int64_t n, Guard side) {
  Random random(static_cast<uint64_t>(n));
  Guarded<float> weights(n, side), diff(n, side), square(n, side), velocity(n, side), average(n, side);
  std::vector<Expected> wanted;
  for (int64_t i = 0; i < n; i++) {
    wanted.push_back({weights[i] = random.real()});
    square[i] = velocity[i] = average[i] = 0;
  }
  for (int step = 1; step <= 4; step++) {
    for (int64_t i = 0; i < n; i++) wanted[static_cast<size_t>(i)].step(d, diff[i] = random.real());
    CHECK_OK(quern_rmsprop_step(&d, n, diff.data(), weights.data(), square.data(),
                                d.momentum > 0 ? velocity.data() : nullptr, d.centered ? average.data() : nullptr));
    CHECK(ran("rmsprop"));
    for (int64_t i = 0; i < n; i++) {
      const Expected& e = wanted[static_cast<size_t>(i)];
      CHECK(close_to(weights[i], e.weight, 5e-6));
      CHECK(close_to(square[i], e.square, 5e-7));
      CHECK(d.momentum == 0 || close_to(velocity[i], e.velocity, 5e-5));
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
