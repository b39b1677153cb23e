// cross_entropy against long double and against finite differences, the count of correct rows, and what is refused.
#include "cross_entropy_check.h"

namespace {

using namespace of_cross_entropy;

void cases() {
  for (int64_t classes : {1, 2, 3, 10, 17, 100}) {
    for (int64_t batch : {1, 7, 900}) {
      if (!full_suite() && batch == 900 && classes != 10) continue;
      for (int mode = 0; mode < 12; mode++) {
        const double smoothing[] = {0, 0.1, 1};
        const quern_cross_entropy ce{batch, classes, smoothing[mode % 3], mode / 3 % 2, -100, 0};
        const bool weighted = mode >= 6;
        in_case("%lld rows of %lld, smoothing %g, sum %lld, weights %d", static_cast<long long>(batch),
                static_cast<long long>(classes), ce.label_smoothing, static_cast<long long>(ce.sum), weighted);
        compare(Problem(ce, weighted, 3, Guard::After), Guard::After, 1);
        compare(Problem(ce, weighted, 200, Guard::Before), Guard::Before, 3);
      }
    }
  }
  in_case("%s", "");
}

// An ignored target may be a class, too.
void ignored_and_focal() {
  for (int64_t classes : {1, 3, 17}) {
    for (int64_t batch : {2, 7, 300}) {
      for (int64_t ignored : {int64_t{-100}, int64_t{-1}, int64_t{255}, classes - 1}) {
        for (double gamma : {0.0, 0.5, 2.0}) {
          in_case("%lld rows of %lld, ignored %lld, gamma %g", static_cast<long long>(batch),
                  static_cast<long long>(classes), static_cast<long long>(ignored), gamma);
          const bool none = classes == 1 && ignored == 0;
          const quern_cross_entropy ce{batch, classes, 0.1, none ? 1 : batch % 2, ignored, gamma};
          compare(Problem(ce, batch == 7, 3, Guard::After), Guard::After, 1);
          compare(Problem(ce, batch == 7, 200, Guard::Before), Guard::Before, 3);
        }
      }
    }
  }
  in_case("%s", "");
}

// As PyTorch: the mean over nothing is NaN, and sends nothing back.
void all_ignored() {
  const quern_cross_entropy mean{2, 2, 0.1, 0, 7, 0}, sum{2, 2, 0.1, 1, 7, 0};
  const float src[] = {1, 2, NAN, INFINITY};
  const int32_t targets[] = {7, 7};
  float diff[] = {9, 9, 9, 9};
  double rows[2], loss = 0;
  int64_t correct = -1;
  CHECK_OK(quern_cross_entropy_loss(&mean, src, targets, nullptr, diff, rows, &loss));
  CHECK(std::isnan(loss));
  for (float d : diff) CHECK(d == 0);
  CHECK_OK(quern_cross_entropy_loss(&sum, src, targets, nullptr, diff, rows, &loss));
  CHECK(loss == 0 && rows[0] == 0 && rows[1] == 0);
  const int32_t second[] = {7, 1};
  CHECK_OK(quern_count_correct(2, 2, 7, src, second, &correct));
  CHECK(correct == 0);
}

double loss_of(const Problem& p) {
  double loss = 0;
  Guarded<double> rows(p.ce.batch);
  CHECK_OK(
      quern_cross_entropy_loss(&p.ce, p.src.data(), p.targets.data(), p.class_weights(), nullptr, rows.data(), &loss));
  return loss;
}

// (f(x + h) - f(x - h)) / 2h is off by h^2 / 6 times the third derivative, which is below 1 per unit of weight.
void finite_differences(double gamma) {
  Problem p({3, 5, 0.2, 0, 7, gamma}, true, 2, Guard::After);
  Guarded<float> diff(p.src.size());
  Guarded<double> rows(p.ce.batch);
  double loss = 0;
  CHECK_OK(quern_cross_entropy_loss(&p.ce, p.src.data(), p.targets.data(), p.class_weights(), diff.data(), rows.data(),
                                    &loss));
  for (int64_t i = 0; i < p.src.size(); i++) {
    const float x = p.src[i], above = x + 0x1p-10f, below = x - 0x1p-10f;
    p.src[i] = above;
    const double up = loss_of(p);
    p.src[i] = below;
    const double down = loss_of(p);
    p.src[i] = x;
    CHECK(close_to(diff[i], (up - down) / (static_cast<double>(above) - below), 1e-6));
  }
}

void special_values() {
  double rows[2], loss;
  float diff[4];
  const int32_t targets[] = {0, 1};
  const quern_cross_entropy sum{2, 2, 0, 1, -100, 0};
  const float distant[] = {1e30f, -1e30f, 1e30f, -1e30f};  // the second row is as wrong as can be
  CHECK_OK(quern_cross_entropy_loss(&sum, distant, targets, nullptr, diff, rows, &loss));
  CHECK(rows[0] == 0 && close_to(rows[1], 2e30, 1e23) && loss == rows[1]);
  CHECK(diff[0] == 0 && diff[1] == 0 && diff[2] == 1 && diff[3] == -1);
  const float bad[] = {0, 0, NAN, 0};
  CHECK_OK(quern_cross_entropy_loss(&sum, bad, targets, nullptr, diff, rows, &loss));
  CHECK(close_to(rows[0], std::log(2.0), 1e-15) && std::isnan(rows[1]) && std::isnan(loss));
  CHECK(diff[0] == -0.5f && diff[1] == 0.5f && std::isnan(diff[2]) && std::isnan(diff[3]));
  const float masked[] = {2, -INFINITY, -INFINITY, 2};  // no chance, and no part in the loss
  CHECK_OK(quern_cross_entropy_loss(&sum, masked, targets, nullptr, diff, rows, &loss));
  CHECK(loss == 0);
  for (float d : diff) CHECK(d == 0);
  const int32_t impossible[] = {1, 0};
  CHECK_OK(quern_cross_entropy_loss(&sum, masked, impossible, nullptr, diff, rows, &loss));
  CHECK(loss == HUGE_VAL);
  const quern_cross_entropy none{0, 2, 0, 1, -100, 0};
  CHECK_OK(quern_cross_entropy_loss(&none, distant, targets, nullptr, diff, rows, &loss));
  CHECK(loss == 0);
}

void counts_correct() {
  const float src[] = {1, 3, 2, 5, 5, 1, 0, 0, 0, -2, -3, -1};
  const int32_t first[] = {1, 0, 0, 2}, second[] = {1, 1, 2, 0};
  int64_t correct = -1;
  CHECK_OK(quern_count_correct(4, 3, -100, src, first, &correct));
  CHECK(correct == 4);
  CHECK_OK(quern_count_correct(4, 3, -100, src, second, &correct));
  CHECK(correct == 1);  // of equals only the first counts
  CHECK_OK(quern_count_correct(0, 3, -100, src, first, &correct));
  CHECK(correct == 0);
  const float nan[] = {9, NAN, NAN, NAN, 9, 9};  // the first NaN beats everything, as in NumPy
  const int32_t at_nan[] = {1, 0};
  CHECK_OK(quern_count_correct(2, 3, -100, nan, at_nan, &correct));
  CHECK(correct == 2);
}

}  // namespace

void refusals();

int main() {
  start();
  cases();
  ignored_and_focal();
  all_ignored();
  for (double gamma : {0.0, 1.0, 2.0}) finite_differences(gamma);
  special_values();
  counts_correct();
  refusals();
  return finish();
}
