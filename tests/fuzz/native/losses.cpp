// softmax, log_softmax, cross_entropy of labels and of probabilities, bce_with_logits, sigmoid_focal, dice, mse, huber,
// and the metrics.
#include "attacks.h"
#include "bce_with_logits_check.h"
#include "cross_entropy_check.h"
#include "cross_entropy_soft_check.h"
#include "dice_check.h"
#include "huber_check.h"
#include "mse_check.h"
#include "sigmoid_focal_check.h"
#include "softmax_check.h"

namespace {

constexpr int64_t kMost = INT32_MAX;

float any_spread(Random* r) {
  static const float spreads[] = {1, 3, 30, 200};
  return one_of(r, spreads);
}

int64_t any_rows(Random* r) { return one_in(r, 20) ? r->between(200, 600) : r->between(1, 20); }

quern_cross_entropy any_cross_entropy(Random* r) {
  const double smoothing = one_in(r, 3) ? static_cast<double>(r->between(0, 1)) : std::fabs(r->real());
  const int64_t classes = any_channels(r);
  const int64_t ignored[] = {-100, -1, classes, classes > 1 ? classes / 2 : 7};
  const double gammas[] = {0, 0, 0.5, 1, 2, 3.5};
  return {any_rows(r), classes, smoothing, r->between(0, 1), one_of(r, ignored), one_of(r, gammas)};
}

void name_case(const quern_cross_entropy& d) {
  in_case("{batch %lld, classes %lld, label_smoothing %.17g, sum %lld, ignore_index %lld, gamma %.17g}",
          (long long)d.batch, (long long)d.classes, d.label_smoothing, (long long)d.sum, (long long)d.ignore_index,
          d.gamma);
}

quern_cross_entropy bad_cross_entropy(Random* r) {
  quern_cross_entropy d = any_cross_entropy(r);
  const int64_t kind = r->between(0, 5), bad = bad_length(r);
  if (kind == 0) d.batch = bad;
  if (kind == 1) d.classes = one_in(r, 2) ? 0 : bad;
  if (kind == 2) d.label_smoothing = one_in(r, 2) ? 1 + 1e-9 : bad_number(r);
  if (kind == 3) d.sum = one_in(r, 2) ? 2 : bad;
  if (kind == 5) d.gamma = one_in(r, 2) ? -1e-9 : bad_number(r);
  if (kind == 4) d.batch = d.classes = r->between(1 << 27, kMost);
  return d;
}

// Of small integers, so that there are equals.
void check_counts(Random* r) {
  const int64_t rows = any_rows(r), classes = any_channels(r), n = rows * classes;
  Guarded<float> src(n), soft(n);
  Guarded<int32_t> targets(rows);
  for (float& v : src) v = r->value(Values::Integers);
  for (float& v : soft) v = r->value(Values::Integers);
  for (int32_t& t : targets) t = static_cast<int32_t>(r->between(0, classes - 1));
  const auto first = [classes](const Guarded<float>& of, int64_t row) {
    return std::max_element(of.data() + row * classes, of.data() + (row + 1) * classes) - (of.data() + row * classes);
  };
  int64_t hits = 0, soft_hits = 0, label_hits = 0, correct = -1, soft_correct = -1, label_correct = -1;
  for (int64_t row = 0; row < rows; row++) {
    hits += first(src, row) == targets[row];
    soft_hits += first(src, row) == first(soft, row);
  }
  for (int64_t i = 0; i < n; i++) label_hits += (src[i] > 0) == (soft[i] > 0.5f);
  CHECK_OK(quern_count_correct(rows, classes, -100, src.data(), targets.data(), &correct));
  CHECK_OK(quern_count_correct_soft(rows, classes, src.data(), soft.data(), &soft_correct));
  CHECK_OK(quern_count_correct_labels(n, src.data(), soft.data(), &label_correct));
  CHECK(correct == hits && soft_correct == soft_hits && label_correct == label_hits);
}

void refuse_counts(Random* r) {
  float* f = untouchable<float>();
  int32_t* t = untouchable<int32_t>();
  int64_t* n = untouchable<int64_t>();
  const int64_t bad = bad_length(r), classes = any_channels(r);
  Guarded<int32_t> targets(2);
  targets[0] = 0;
  targets[1] = one_in(r, 2) ? static_cast<int32_t>(classes) : -1;
  REFUSED("count_correct: ", quern_count_correct, 2, classes, -100, f, targets.data(), n);
  REFUSED("count_correct: ", quern_count_correct, bad, classes, -100, f, t, n);
  REFUSED("count_correct_soft: ", quern_count_correct_soft, 1, bad, f, f, n);
  REFUSED("count_correct_labels: ", quern_count_correct_labels, bad, f, f, n);
  REFUSES_NULLS("count_correct: ", "...rrr", quern_count_correct, 1, classes, -100, f, t, n);
  REFUSES_NULLS("count_correct_soft: ", "..rrr", quern_count_correct_soft, 1, classes, f, f, n);
  REFUSES_NULLS("count_correct_labels: ", ".rrr", quern_count_correct_labels, 1, f, f, n);
}

}  // namespace

void attack_softmax(Random* r) {
  const int64_t rows = any_rows(r), classes = any_channels(r);
  in_case("%lld rows of %lld", (long long)rows, (long long)classes);
  of_softmax::check(rows, classes, one_in(r, 5) ? 3e38f : any_spread(r), any_side(r));
}

void refuse_softmax(Random* r) {
  float* f = untouchable<float>();
  const int64_t bad = bad_length(r), wide = r->between(1 << 27, kMost);
  const int64_t all[][2] = {{bad, 2}, {2, bad}, {2, 0}, {wide, wide}};
  for (const auto& a : all) {
    REFUSED("softmax: ", quern_softmax_forward, QUERN_F32, a[0], a[1], f, f);
    REFUSED("softmax: ", quern_softmax_backward, QUERN_F32, a[0], a[1], f, f, f);
    REFUSED("log_softmax: ", quern_log_softmax_forward, QUERN_F32, a[0], a[1], f, f);
    REFUSED("log_softmax: ", quern_log_softmax_backward, QUERN_F32, a[0], a[1], f, f, f);
  }
  REFUSES_NULLS("softmax: ", "...rr", quern_softmax_forward, QUERN_F32, 1, 2, f, f);
  REFUSES_NULLS("softmax: ", "...rrr", quern_softmax_backward, QUERN_F32, 1, 2, f, f, f);
  REFUSES_NULLS("log_softmax: ", "...rr", quern_log_softmax_forward, QUERN_F32, 1, 2, f, f);
  REFUSES_NULLS("log_softmax: ", "...rrr", quern_log_softmax_backward, QUERN_F32, 1, 2, f, f, f);
}

void attack_cross_entropy(Random* r) {
  quern_cross_entropy d = any_cross_entropy(r);
  // each of the yardstick's gradients goes through the classes three times over, in long doubles
  if (d.gamma != 0) d.batch = std::min(d.batch, 1 + 200000 / (d.classes * d.classes * d.classes));
  name_case(d);
  const Guard side = any_side(r);
  of_cross_entropy::compare(of_cross_entropy::Problem(d, one_in(r, 2), any_spread(r), side), side, many_threads);
  of_cross_entropy_soft::Problem(d, one_in(r, 2), one_in(r, 2) ? 3.0f : 100.0f, side).compare();
  count_call("quern_cross_entropy_soft_loss", QUERN_OK);
  check_counts(r);
}

void refuse_cross_entropy(Random* r) {
  float* f = untouchable<float>();
  double* s = untouchable<double>();
  const char* op = "cross_entropy: ";
  quern_cross_entropy good = any_cross_entropy(r);
  good.ignore_index = -100;
  good.gamma = 0;
  const quern_cross_entropy bad = bad_cross_entropy(r);
  const char* bad_op = bad.gamma == 0 ? op : "softmax_focal: ";
  Guarded<int32_t> targets(good.batch);
  for (int32_t& t : targets) t = 0;
  targets[r->between(0, good.batch - 1)] = one_in(r, 2) ? static_cast<int32_t>(good.classes) : INT32_MIN;
  name_case(bad);
  REFUSED(op, quern_cross_entropy_loss, &good, f, targets.data(), f, f, s, s);
  REFUSED(bad_op, quern_cross_entropy_loss, &bad, f, untouchable<int32_t>(), f, f, s, s);
  REFUSED(bad_op, quern_cross_entropy_soft_loss, &bad, f, f, f, f, s, s);
  REFUSES_NULLS(op, "rrr..rr", quern_cross_entropy_loss, &good, f, untouchable<int32_t>(), f, f, s, s);
  REFUSES_NULLS(op, "rrr..rr", quern_cross_entropy_soft_loss, &good, f, f, f, f, s, s);
  refuse_counts(r);
}

void attack_elementwise_losses(Random* r) {
  const int64_t n = any_length(r) + 1, sum = r->between(0, 1), rows = any_rows(r), classes = any_channels(r);
  const Guard side = any_side(r);
  const double delta = 0.01 + 3 * std::fabs(r->real());
  in_case("%lld elements, %lld rows of %lld, sum %lld, delta %.17g", (long long)n, (long long)rows, (long long)classes,
          (long long)sum, delta);
  of_mse::check(n, sum, side);
  of_huber::check(n, sum, delta, side);
  of_bce_with_logits::check(rows, classes, sum, static_cast<int>(r->between(0, 3)), any_spread(r), side);
  const double alphas[] = {-1, 0, 0.25, 1}, gammas[] = {0, 0.5, 2, 3.5};
  of_sigmoid_focal::check(n, sum, one_of(r, alphas), one_of(r, gammas), any_spread(r), one_in(r, 2), side);
  for (const char* f :
       {"quern_mse_loss", "quern_huber_loss", "quern_bce_with_logits_loss", "quern_sigmoid_focal_loss"}) {
    count_call(f, QUERN_OK);
  }
}

void attack_dice(Random* r) {
  const int64_t classes = any_channels(r), ignored[] = {-100, -1, 255, classes / 2};
  const double smooths[] = {0, 1, 1e-5};
  const quern_dice d{r->between(1, 4), any_rows(r), classes, one_of(r, smooths), r->between(0, 1), one_of(r, ignored)};
  in_case("{batch %lld, positions %lld, classes %lld, smooth %.17g, sum %lld, ignore_index %lld}", (long long)d.batch,
          (long long)d.positions, (long long)d.classes, d.smooth, (long long)d.sum, (long long)d.ignore_index);
  const Guard side = any_side(r);
  CHECK_OK(quern_set_threads(many_threads));
  of_dice::Problem p(d, one_in(r, 2) ? 3.0f : 30.0f, side);
  p.compare(false, side);
  p.compare(true, side);
  for (const char* f : {"quern_dice_workspace", "quern_dice_loss", "quern_dice_soft_loss"}) count_call(f, QUERN_OK);
}

void refuse_dice(Random* r) {
  float* f = untouchable<float>();
  int32_t* t = untouchable<int32_t>();
  double* s = untouchable<double>();
  int64_t* n = untouchable<int64_t>();
  constexpr int64_t kEnough = 1 << 20;
  const quern_dice good{1, 2, 2, 1, 0, -100};
  quern_dice bad = good;
  const int64_t kind = r->between(0, 4), length = bad_length(r);
  if (kind == 0) bad.batch = length;
  if (kind == 1) bad.positions = one_in(r, 2) ? 0 : length;
  if (kind == 2) bad.classes = one_in(r, 2) ? 0 : length;
  if (kind == 3) bad.smooth = bad_number(r);
  if (kind == 4) bad.sum = one_in(r, 2) ? 2 : length;
  Guarded<int32_t> labels(2);
  labels[0] = 0;
  labels[1] = one_in(r, 2) ? 2 : INT32_MIN;
  REFUSED("dice: ", quern_dice_workspace, &bad, n);
  REFUSED("dice: ", quern_dice_loss, &bad, f, t, f, s, kEnough, s);
  REFUSED("dice: ", quern_dice_soft_loss, &bad, f, f, f, s, kEnough, s);
  REFUSED("dice: ", quern_dice_loss, &good, f, labels.data(), f, s, kEnough, s);
  REFUSED("dice: ", quern_dice_loss, &good, f, t, f, s, 8, s);
  REFUSED("dice: ", quern_dice_soft_loss, &good, f, f, f, s, 8, s);
  REFUSES_NULLS("dice: ", "rr", quern_dice_workspace, &good, n);
  REFUSES_NULLS("dice: ", "rrr.r.r", quern_dice_loss, &good, f, t, f, s, kEnough, s);
  REFUSES_NULLS("dice: ", "rrr.r.r", quern_dice_soft_loss, &good, f, f, f, s, kEnough, s);
}

void refuse_elementwise_losses(Random* r) {
  float* f = untouchable<float>();
  double* s = untouchable<double>();
  const int64_t bad = bad_length(r), flag = one_in(r, 2) ? 2 : bad;
  const double delta = one_in(r, 3) ? 0 : bad_number(r);
  REFUSED("mse: ", quern_mse_loss, bad, 0, f, f, f, s);
  REFUSED("mse: ", quern_mse_loss, 1, flag, f, f, f, s);
  REFUSED("huber: ", quern_huber_loss, bad, 0, 1, f, f, f, s);
  REFUSED("huber: ", quern_huber_loss, 1, flag, 1, f, f, f, s);
  REFUSED("huber: ", quern_huber_loss, 1, 0, delta, f, f, f, s);
  const double alpha = one_in(r, 2) ? 1 + 1e-9 : -0.5;
  REFUSED("sigmoid_focal: ", quern_sigmoid_focal_loss, bad, 0, -1, 2, f, f, f, s);
  REFUSED("sigmoid_focal: ", quern_sigmoid_focal_loss, 1, flag, -1, 2, f, f, f, s);
  REFUSED("sigmoid_focal: ", quern_sigmoid_focal_loss, 1, 0, alpha, 2, f, f, f, s);
  REFUSED("sigmoid_focal: ", quern_sigmoid_focal_loss, 1, 0, -1, bad_number(r), f, f, f, s);
  REFUSES_NULLS("sigmoid_focal: ", "....rr.r", quern_sigmoid_focal_loss, 1, 0, -1.0, 2.0, f, f, f, s);
  const int64_t all[][3] = {{bad, 2, 0}, {2, bad, 0}, {2, 0, 0}, {2, 2, flag}, {kMost, r->between(1 << 27, kMost), 0}};
  for (const auto& a : all)
    REFUSED("bce_with_logits: ", quern_bce_with_logits_loss, a[0], a[1], a[2], f, f, f, f, f, s);
  REFUSES_NULLS("mse: ", "..rr.r", quern_mse_loss, 1, 0, f, f, f, s);
  REFUSES_NULLS("huber: ", "...rr.r", quern_huber_loss, 1, 0, 1.0, f, f, f, s);
  REFUSES_NULLS("bce_with_logits: ", "...rr...r", quern_bce_with_logits_loss, 1, 2, 0, f, f, f, f, f, s);
}
