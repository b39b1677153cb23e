// mse against long double arithmetic and finite differences; bit-identical for any thread count; what is refused.
#include "mse_check.h"

namespace {

using namespace of_mse;

void sizes() {
  for (int64_t n : kLengths) {
    for (int64_t sum : {0, 1}) {
      for (Guard side : {Guard::After, Guard::Before}) {
        in_case("%lld elements, sum %lld", static_cast<long long>(n), static_cast<long long>(sum));
        check(n, sum, side);
      }
    }
  }
  in_case("%s", "");
}

void special_values() {
  double loss = -1;
  const float far[] = {1e4f, -1e4f, 1e30f}, near[] = {1e4f, 1e4f, 0};
  float diff[3];
  CHECK_OK(quern_mse_loss(3, 1, far, near, diff, &loss));
  CHECK(close_to(loss, 4e8 + static_cast<double>(1e30f) * 1e30f, 1e53));
  CHECK(diff[0] == 0 && diff[1] == -4e4f && diff[2] == 2e30f);
  const float bad = NAN;
  CHECK_OK(quern_mse_loss(1, 0, &bad, near, diff, &loss));
  CHECK(std::isnan(loss) && std::isnan(diff[0]));
  CHECK_OK(quern_mse_loss(0, 0, far, near, diff, &loss));
  CHECK(std::isnan(loss));
  CHECK_OK(quern_mse_loss(0, 1, far, near, diff, &loss));
  CHECK(loss == 0);
}

void refusals() {
  float* f = untouchable<float>();
  double* d = untouchable<double>();
  const char* text = "mse: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_mse_loss(1, 0, nullptr, f, f, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_mse_loss(1, 0, f, nullptr, f, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_mse_loss(1, 0, f, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "mse: -1", quern_mse_loss(-1, 0, f, f, f, d));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_mse_loss(INT64_MAX, 0, f, f, f, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "mse: sum 2", quern_mse_loss(1, 2, f, f, f, d));
}

}  // namespace

int main() {
  start();
  sizes();
  problem(7, 0, Guard::After).finite_differences(1e-6);
  problem(300007, 0, Guard::After).same_bits();
  special_values();
  refusals();
  return finish();
}
