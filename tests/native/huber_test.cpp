// huber against long double arithmetic and finite differences, on both sides of its kink; what is refused.
#include "elements.h"

namespace {

Elements problem(int64_t n, int64_t sum, double delta, Guard side) {
  return Elements(n, 3, side, [=](const float* src, const float* targets, float* diff, double* loss) {
    return quern_huber_loss(n, sum, delta, src, targets, diff, loss);
  });
}

void sizes() {
  for (int64_t n : kLengths) {
    for (double delta : {1.0, 0.25, 100.0}) {
      const auto each = [=](int64_t, long double x, long double y) {
        const long double e = fabsl(x - y);
        return e <= delta ? e * e / 2 : delta * e - delta * delta / 2;
      };
      const auto slope = [=](int64_t, long double x, long double y) { return fmaxl(fminl(x - y, delta), -delta); };
      in_case("%lld elements, delta %g", static_cast<long long>(n), delta);
      problem(n, 0, delta, Guard::After).compare(1.0 / static_cast<double>(n), each, slope);
      CHECK(ran("huber"));
      problem(n, 1, delta, Guard::Before).compare(1, each, slope);
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
