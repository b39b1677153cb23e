// sigmoid_focal against long double arithmetic and finite differences; what is refused.
#include "sigmoid_focal_check.h"

namespace {

using namespace of_sigmoid_focal;

void sizes() {
  for (int64_t n : kLengths) {
    for (double gamma : {0.0, 0.5, 1.0, 2.0, 5.0}) {
      if (!full_suite() && n > 1000 && gamma != 0.5) continue;
      in_case("%lld elements, gamma %g", static_cast<long long>(n), gamma);
      check(n, 0, 0.25, gamma, 3, true, Guard::After);
      check(n, 1, -1, gamma, 60, false, Guard::Before);
      check(n, 1, 1, gamma, 60, true, Guard::Before);
    }
  }
  in_case("%s", "");
}

void special_values() {
  double loss = -1;
  const float src[] = {1e4f, -1e4f, 1e4f, -1e4f}, targets[] = {1, 0, 0, 1};
  float diff[4];
  for (double gamma : {0.0, 0.5, 2.0}) {
    CHECK_OK(quern_sigmoid_focal_loss(4, 1, 0.25, gamma, src, targets, diff, &loss));
    CHECK(loss == 1e4 * 0.75 + 1e4 * 0.25);
    CHECK(diff[0] == 0 && diff[1] == 0 && diff[2] == 0.75f && diff[3] == -0.25f);
  }
  const float bad = NAN;
  CHECK_OK(quern_sigmoid_focal_loss(1, 0, -1, 2, &bad, targets, diff, &loss));
  CHECK(std::isnan(loss) && std::isnan(diff[0]));
  CHECK_OK(quern_sigmoid_focal_loss(1, 0, -1, 2, targets, &bad, diff, &loss));
  CHECK(std::isnan(loss) && std::isnan(diff[0]));
  CHECK_OK(quern_sigmoid_focal_loss(0, 0, -1, 2, src, targets, diff, &loss));
  CHECK(std::isnan(loss));
  CHECK_OK(quern_sigmoid_focal_loss(0, 1, -1, 2, src, targets, diff, &loss));
  CHECK(loss == 0);
}

void refusals() {
  float* f = untouchable<float>();
  double* d = untouchable<double>();
  const char* text = "sigmoid_focal: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_sigmoid_focal_loss(1, 0, -1, 2, nullptr, f, f, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_sigmoid_focal_loss(1, 0, -1, 2, f, nullptr, f, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_sigmoid_focal_loss(1, 0, -1, 2, f, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "sigmoid_focal: -1", quern_sigmoid_focal_loss(-1, 0, -1, 2, f, f, f, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "sigmoid_focal: sum 2", quern_sigmoid_focal_loss(1, 2, -1, 2, f, f, f, d));
  for (double bad : {-2.0, -1e-9, 1.0000001, HUGE_VAL, -HUGE_VAL, std::nan("")}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "sigmoid_focal: alpha", quern_sigmoid_focal_loss(1, 0, bad, 2, f, f, f, d));
  }
  for (double bad : {-1e-300, -1.0, HUGE_VAL, std::nan("")}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "sigmoid_focal: gamma", quern_sigmoid_focal_loss(1, 0, 1, bad, f, f, f, d));
  }
}

}  // namespace

int main() {
  start();
  sizes();
  problem(7, 0, 0.25, 2, 3, Guard::After).finite_differences(1e-4);
  problem(300007, 0, 0.25, 2, 3, Guard::After).same_bits();
  special_values();
  refusals();
  return finish();
}
