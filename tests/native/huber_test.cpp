// huber against long double arithmetic and finite differences, on both sides of its kink; what is refused.
#include "huber_check.h"

namespace {

using namespace of_huber;

void sizes() {
  for (int64_t n : kLengths) {
    for (double delta : {1.0, 0.25, 100.0}) {
      in_case("%lld elements, delta %g", static_cast<long long>(n), delta);
      check(n, 0, delta, Guard::After);
      check(n, 1, delta, Guard::Before);
    }
  }
  in_case("%s", "");
}

void special_values() {
  double loss = -1;
  const float far[] = {1e4f, -1e4f, 3, 2}, near[] = {0, 0, 2, 2};
  float diff[4];
  CHECK_OK(quern_huber_loss(4, 1, 1, far, near, diff, &loss));
  CHECK(loss == 2 * 9999.5 + 0.5);
  CHECK(diff[0] == 1 && diff[1] == -1 && diff[2] == 1 && diff[3] == 0);
  const float bad = NAN;
  CHECK_OK(quern_huber_loss(1, 0, 1, &bad, near, diff, &loss));
  CHECK(std::isnan(loss) && std::isnan(diff[0]));
  CHECK_OK(quern_huber_loss(0, 0, 1, far, near, diff, &loss));
  CHECK(std::isnan(loss));
  CHECK_OK(quern_huber_loss(0, 1, 1, far, near, diff, &loss));
  CHECK(loss == 0);
}

void refusals() {
  float* f = untouchable<float>();
  double* d = untouchable<double>();
  const char* text = "huber: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_huber_loss(1, 0, 1, nullptr, f, f, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_huber_loss(1, 0, 1, f, nullptr, f, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_huber_loss(1, 0, 1, f, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "huber: -1", quern_huber_loss(-1, 0, 1, f, f, f, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "huber: sum -1", quern_huber_loss(1, -1, 1, f, f, f, d));
  for (double bad : {0.0, -1.0, HUGE_VAL, std::nan("")}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "huber: delta", quern_huber_loss(1, 0, bad, f, f, f, d));
  }
}

}  // namespace

int main() {
  start();
  sizes();
  problem(7, 0, 1, Guard::After).finite_differences(1e-4);
  problem(300007, 0, 1, Guard::After).same_bits();
  special_values();
  refusals();
  return finish();
}
