// bce_with_logits against long double arithmetic and finite differences, with and without weights; the metric; what is
// refused.
#include "bce_with_logits_check.h"

namespace {

using namespace of_bce_with_logits;

void sizes() {
  for (int64_t classes : {1, 2, 7, 100, 5003}) {
    for (int64_t batch : {1, 3, 17}) {
      for (int mode = 0; mode < 4; mode++) {
        in_case("%lld rows of %lld, mode %d", static_cast<long long>(batch), static_cast<long long>(classes), mode);
        check(batch, classes, 0, mode, 3, Guard::After);
        check(batch, classes, 1, mode, 200, Guard::Before);
      }
    }
  }
  in_case("%s", "");
}

void special_values() {
  double loss = -1;
  const float far[] = {1e4f, -1e4f, 1e4f, -1e4f}, targets[] = {1, 0, 0, 1};
  float diff[4];
  CHECK_OK(quern_bce_with_logits_loss(2, 2, 1, far, targets, nullptr, nullptr, diff, &loss));
  CHECK(loss == 2e4 && diff[0] == 0 && diff[1] == 0 && diff[2] == 1 && diff[3] == -1);
  const float bad = NAN;
  CHECK_OK(quern_bce_with_logits_loss(1, 1, 0, &bad, targets, nullptr, nullptr, diff, &loss));
  CHECK(std::isnan(loss) && std::isnan(diff[0]));
  CHECK_OK(quern_bce_with_logits_loss(0, 2, 0, far, targets, nullptr, nullptr, diff, &loss));
  CHECK(std::isnan(loss));
  CHECK_OK(quern_bce_with_logits_loss(0, 2, 1, far, targets, nullptr, nullptr, diff, &loss));
  CHECK(loss == 0);
}

void counts_correct() {
  const float src[] = {1, -1, 0, 3, NAN, -2}, targets[] = {1, 0, 0, 0.5f, 0, 0.75f};
  int64_t correct = -1;
  CHECK_OK(quern_count_correct_labels(6, src, targets, &correct));
  CHECK(correct == 4);  // 3 for a target of 0.5 is wrong, and so is -2 for 0.75; a NaN says no
  CHECK_OK(quern_count_correct_labels(0, src, targets, &correct));
  CHECK(correct == 0);
  float* f = untouchable<float>();
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "count_correct_labels: a", quern_count_correct_labels(1, nullptr, f, &correct));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "count_correct_labels: a", quern_count_correct_labels(1, f, nullptr, &correct));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "count_correct_labels: a", quern_count_correct_labels(1, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "count_correct_labels: -2", quern_count_correct_labels(-2, f, f, &correct));
}

void refusals() {
  float* f = untouchable<float>();
  double* d = untouchable<double>();
  const auto loss = [&](int64_t batch, int64_t classes, int64_t sum) {
    return quern_bce_with_logits_loss(batch, classes, sum, f, f, f, f, f, d);
  };
  for (int64_t bad : {int64_t{-1}, INT64_MIN, int64_t{1} << 31, INT64_MAX}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "bce_with_logits: batch", loss(bad, 2, 0));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "bce_with_logits: classes", loss(2, bad, 0));
  }
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "bce_with_logits: classes 0", loss(2, 0, 0));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "bce_with_logits: sum 3", loss(2, 2, 3));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", loss(INT32_MAX, INT32_MAX, 0));
  const char* text = "bce_with_logits: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_bce_with_logits_loss(1, 1, 0, nullptr, f, f, f, f, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_bce_with_logits_loss(1, 1, 0, f, nullptr, f, f, f, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_bce_with_logits_loss(1, 1, 0, f, f, f, f, f, nullptr));
}

}  // namespace

int main() {
  start();
  sizes();
  const Weights plain(11, 0), weighted(11, 3);
  problem(2, 11, 0, weighted, 2, Guard::After).finite_differences(1e-5);
  problem(20011, 11, 0, plain, 2, Guard::After).same_bits();
  problem(20011, 11, 0, weighted, 2, Guard::After).same_bits();
  special_values();
  counts_correct();
  refusals();
  return finish();
}
