// What cross_entropy and count_correct refuse.
#include "guarded.h"

namespace {

int loss_of(const quern_cross_entropy& ce, const int32_t* targets) {
  float* f = untouchable<float>();
  return quern_cross_entropy_loss(&ce, f, targets, f, f, untouchable<double>(), untouchable<double>());
}

void bad_descriptors() {
  constexpr int64_t kMost = INT32_MAX;
  int32_t* t = untouchable<int32_t>();
  for (int64_t bad : {int64_t{-1}, INT64_MIN, kMost + 1, INT64_MAX}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "cross_entropy: rows", loss_of({bad, 2, 0, 0, -100, 0}, t));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "cross_entropy: classes", loss_of({2, bad, 0, 0, -100, 0}, t));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "sum", loss_of({2, 2, 0, bad, -100, 0}, t));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "count_correct: rows",
                  quern_count_correct(bad, 2, -100, untouchable<float>(), t, untouchable<int64_t>()));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "count_correct: classes",
                  quern_count_correct(2, bad, -100, untouchable<float>(), t, untouchable<int64_t>()));
  }
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "classes 0", loss_of({2, 0, 0, 0, -100, 0}, t));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "sum 2", loss_of({2, 2, 0, 2, -100, 0}, t));
  for (double bad : {-1e-300, -1.0, 1.0000001, 1e300, HUGE_VAL, -HUGE_VAL, std::nan("")}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "label_smoothing", loss_of({2, 2, bad, 0, -100, 0}, t));
  }
  for (double bad : {-1e-300, -1.0, HUGE_VAL, -HUGE_VAL, std::nan("")}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "softmax_focal: gamma", loss_of({2, 2, 0, 0, -100, bad}, t));
  }
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "softmax_focal: rows", loss_of({-1, 2, 0, 0, -100, 2}, t));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", loss_of({kMost, kMost, 0, 0, -100, 0}, t));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53",
                quern_count_correct(kMost, kMost, -100, untouchable<float>(), t, untouchable<int64_t>()));
}

void bad_targets() {
  for (int32_t bad : {-1, 3, INT32_MIN, INT32_MAX}) {
    for (int at = 0; at < 4; at++) {
      Guarded<int32_t> targets(4);
      for (int32_t& t : targets) t = 2;
      targets[at] = bad;
      CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "softmax_focal: target", loss_of({4, 3, 0, 0, -100, 1}, targets.data()));
      CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "outside [0, 3)", loss_of({4, 3, 0, 0, -100, 0}, targets.data()));
      CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "outside [0, 3)",
                    quern_count_correct(4, 3, -100, untouchable<float>(), targets.data(), untouchable<int64_t>()));
    }
  }
}

void null_pointers() {
  const quern_cross_entropy good{1, 2, 0, 0, -100, 0};
  const char* text = "cross_entropy: a required pointer is null";
  float* f = untouchable<float>();
  for (int missing = 0; missing < 5; missing++) {
    const quern_cross_entropy* ce = missing == 0 ? nullptr : &good;
    const float* src = missing == 1 ? nullptr : f;
    const int32_t* targets = missing == 2 ? nullptr : untouchable<int32_t>();
    double* rows = missing == 3 ? nullptr : untouchable<double>();
    double* loss = missing == 4 ? nullptr : untouchable<double>();
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_cross_entropy_loss(ce, src, targets, f, f, rows, loss));
  }
  int32_t* t = untouchable<int32_t>();
  int64_t* count = untouchable<int64_t>();
  text = "count_correct: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_count_correct(1, 2, -100, nullptr, t, count));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_count_correct(1, 2, -100, f, nullptr, count));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_count_correct(1, 2, -100, f, t, nullptr));
}

}  // namespace

void refusals() {
  bad_descriptors();
  bad_targets();
  null_pointers();
}
