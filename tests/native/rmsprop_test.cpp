// rmsprop against PyTorch's rule in double; and what is refused.
#include "rmsprop_check.h"

namespace {

using namespace of_rmsprop;

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

// Gradients that stay as they are have a variance of 0, which rounding takes below 0 for some of them.
void no_variance() {
  constexpr int64_t n = 64;
  const quern_rmsprop d{0.01, 0.9, 1e-2, 0, 0, 1};
  Guarded<float> weights(n), diff(n), square(n), average(n);
  for (int64_t i = 0; i < n; i++) {
    diff[i] = 1 + static_cast<float>(i) / 37;
    weights[i] = square[i] = average[i] = 0;
  }
  for (int step = 0; step < 200; step++) {
    CHECK_OK(quern_rmsprop_step(&d, n, diff.data(), weights.data(), square.data(), nullptr, average.data()));
  }
  for (int64_t i = 0; i < n; i++) CHECK(std::isfinite(weights[i]) && weights[i] < -diff[i]);
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
  no_variance();
  refusals();
  return finish();
}
