// cross_entropy with probabilities as targets: against long double arithmetic, against class indices, and finite
// differences; the metric; what is refused.
#include "cross_entropy_soft_check.h"

namespace {

using namespace of_cross_entropy_soft;

void cases() {
  for (int64_t classes : {1, 2, 3, 10, 17}) {
    for (int64_t batch : {1, 7, 900}) {
      if (!full_suite() && batch == 900 && classes != 10) continue;
      for (int mode = 0; mode < 12; mode++) {
        const double smoothing[] = {0, 0.1, 1};
        const quern_cross_entropy ce{batch, classes, smoothing[mode % 3], mode / 3 % 2, -100, 0};
        in_case("%lld rows of %lld, mode %d", static_cast<long long>(batch), static_cast<long long>(classes), mode);
        Problem(ce, mode >= 6, 3, Guard::After).compare();
        Problem(ce, mode >= 6, 100, Guard::Before).compare();
        const quern_cross_entropy focal{batch, classes, smoothing[mode % 3], mode / 3 % 2, -100, 0.5 * (mode + 1)};
        if (batch < 10 && classes < 20) Problem(focal, mode >= 6, 3, Guard::After).compare();
      }
    }
  }
  in_case("%s", "");
}

// One-hot targets are class indices; only the mean with weights differs, which divides by the batch here.
void one_hot() {
  Problem p({4, 5, 0.1, 1, -100, 0}, true, 3, Guard::After);
  const int32_t labels[] = {0, 4, 2, 2};
  for (float& t : p.e.targets) t = 0;
  for (int64_t r = 0; r < 4; r++) p.e.targets[r * 5 + labels[r]] = 1;
  p.e.run();
  Guarded<float> diff(20);
  double loss = 0;
  CHECK_OK(
      quern_cross_entropy_loss(&p.ce, p.e.src.data(), labels, p.weights.data(), diff.data(), p.rows.data(), &loss));
  CHECK(loss == p.e.loss);
  for (int64_t i = 0; i < 20; i++) CHECK(diff[i] == p.e.diff[i]);
}

void special_values() {
  double rows[2], loss = -1;
  float diff[4];
  const quern_cross_entropy sum{2, 2, 0, 1, -100, 0}, none{0, 2, 0, 0, -100, 0};
  const float far[] = {1e4f, -1e4f, 1e4f, -1e4f}, targets[] = {1, 0, 0.25f, 0.75f};
  CHECK_OK(quern_cross_entropy_soft_loss(&sum, far, targets, nullptr, diff, rows, &loss));
  CHECK(rows[0] == 0 && rows[1] == 1.5e4 && loss == 1.5e4);
  CHECK(diff[0] == 0 && diff[1] == 0 && diff[2] == 0.75f && diff[3] == -0.75f);
  CHECK_OK(quern_cross_entropy_soft_loss(&none, far, targets, nullptr, diff, rows, &loss));
  CHECK(std::isnan(loss));
}

void counts_correct() {
  const float src[] = {1, 3, 2, 5, 5, 1, 0, 1, 0}, targets[] = {0, 0.5f, 0.5f, 0.25f, 0.5f, 0.25f, 0.2f, 0.7f, 0.1f};
  int64_t correct = -1;
  CHECK_OK(quern_count_correct_soft(3, 3, src, targets, &correct));
  CHECK(correct == 2);  // of equals the first counts, on both sides
  float* f = untouchable<float>();
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "count_correct_soft: a", quern_count_correct_soft(1, 2, nullptr, f, &correct));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "count_correct_soft: a", quern_count_correct_soft(1, 2, f, nullptr, &correct));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "count_correct_soft: a", quern_count_correct_soft(1, 2, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "classes 0", quern_count_correct_soft(1, 0, f, f, &correct));
}

void refusals() {
  float* f = untouchable<float>();
  double* d = untouchable<double>();
  const quern_cross_entropy good{1, 2, 0, 0, -100, 0};
  const char* text = "cross_entropy: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_cross_entropy_soft_loss(nullptr, f, f, f, f, d, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_cross_entropy_soft_loss(&good, nullptr, f, f, f, d, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_cross_entropy_soft_loss(&good, f, nullptr, f, f, d, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_cross_entropy_soft_loss(&good, f, f, f, f, nullptr, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_cross_entropy_soft_loss(&good, f, f, f, f, d, nullptr));
  const quern_cross_entropy bad[] = {
      {-1, 2, 0, 0, -100, 0}, {1, 0, 0, 0, -100, 0}, {1, 2, 1.5, 0, -100, 0}, {1, 2, 0, 2, -100, 0}};
  for (const quern_cross_entropy& ce : bad) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "cross_entropy: ", quern_cross_entropy_soft_loss(&ce, f, f, f, f, d, d));
  }
}

}  // namespace

int main() {
  start();
  cases();
  one_hot();
  Problem({3, 5, 0.2, 0}, true, 2, Guard::After).e.finite_differences(1e-5);
  Problem({20011, 11, 0.1, 0}, true, 3, Guard::After).e.same_bits();
  special_values();
  counts_correct();
  refusals();
  return finish();
}
