// adam against PyTorch's rule in double; and what is refused.
#include "adam_check.h"

namespace {

using namespace of_adam;

void rules() {
  for (int64_t n : {0, 1, 7, 8, 15, 16, 17, 33, 16384, 16385, 40009}) {
    for (int mode = 0; mode < 8; mode++) {
      const quern_adam d{0.1, 0.9, mode & 1 ? 0.999 : 0.0, 1e-8, mode & 2 ? 0.1 : 0.0, 1, 1, mode & 4 ? 1 : 0};
      const bool amsgrad = (mode & 1) != 0 && n % 2 == 1;
      in_case("%lld weights, beta2 %g, decay %g, decoupled %d", static_cast<long long>(n), d.beta2, d.weight_decay,
              static_cast<int>(d.decoupled));
      CHECK_OK(quern_set_threads(1));
      const std::vector<float> alone = run(d, amsgrad, n, mode & 1 ? Guard::After : Guard::Before);
      CHECK_OK(quern_set_threads(3));
      CHECK(run(d, amsgrad, n, Guard::After) == alone);
    }
  }
  in_case("%s", "");
}

void refusals() {
  float* f = untouchable<float>();
  const quern_adam good{0.1, 0.9, 0.999, 1e-8, 0, 0.1, 0.001, 0};
  const char* text = "adam: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_adam_step(nullptr, 1, f, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_adam_step(&good, 1, nullptr, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_adam_step(&good, 1, f, nullptr, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_adam_step(&good, 1, f, f, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_adam_step(&good, 1, f, f, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "adam: -1 elements", quern_adam_step(&good, -1, f, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_adam_step(&good, INT64_MAX, f, f, f, f, f));
  const auto refused = [&](double quern_adam::*field, double value, const char* what) {
    quern_adam bad = good;
    bad.*field = value;
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, what, quern_adam_step(&bad, 1, f, f, f, f, f));
  };
  for (double bad : {-1.0, static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
    refused(&quern_adam::lr, bad, "adam: lr");
    refused(&quern_adam::beta1, bad, "adam: beta1");
    refused(&quern_adam::beta2, bad, "adam: beta2");
    refused(&quern_adam::eps, bad, "adam: eps");
    refused(&quern_adam::weight_decay, bad, "adam: weight_decay");
    refused(&quern_adam::bias_correction1, bad, "adam: bias corrections");
    refused(&quern_adam::bias_correction2, bad, "adam: bias corrections");
  }
  refused(&quern_adam::beta1, 1, "[0, 1)");
  refused(&quern_adam::bias_correction1, 0, "(0, 1]");
  quern_adam bad = good;
  bad.decoupled = 2;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "decoupled 2", quern_adam_step(&bad, 1, f, f, f, f, f));
}

}  // namespace

int main() {
  start();
  rules();
  refusals();
  return finish();
}
