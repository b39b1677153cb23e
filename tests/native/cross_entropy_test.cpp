// cross_entropy against long double and against finite differences, the count of correct rows, and what is refused.
#include <algorithm>
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace {

struct Problem {
  quern_cross_entropy ce;
  Guarded<float> src, weights;
  Guarded<int32_t> targets;
  bool weighted;

  Problem(const quern_cross_entropy& desc, bool with_weights, float scale, Guard side)
      : ce(desc),
        src(ce.batch * ce.classes, side),
        weights(ce.classes, side),
        targets(ce.batch, side),
        weighted(with_weights) {
    Random random(static_cast<uint64_t>(ce.classes));
    for (float& v : src) v = random.real() * scale;
    for (float& w : weights) w = 1.5f + random.real();
    for (int32_t& t : targets) t = static_cast<int32_t>(random.between(0, ce.classes - 1));
  }
  const float* class_weights() const { return weighted ? weights.data() : nullptr; }
  long double weight(int64_t i) const { return weighted ? weights[i] : 1.0L; }
};

struct Answer {
  long double loss = 0;
  std::vector<long double> rows, diff;
};

// PyTorch's definition: the target's own term weighs 1 - s, and s is spread over all classes; the mean divides by the
// weights of the targets.
Answer solve(const Problem& p) {
  Answer a;
  const int64_t n = p.ce.batch, classes = p.ce.classes;
  const long double s = p.ce.label_smoothing;
  long double divisor = 0;
  for (int64_t r = 0; r < n; r++) divisor += p.weight(p.targets[r]);
  if (p.ce.sum) divisor = 1;
  for (int64_t r = 0; r < n; r++) {
    const float* x = p.src.data() + r * classes;
    const int64_t at_most = std::max_element(x, x + classes) - x;
    const long double most = x[at_most];
    long double others = 0, row = 0, mass = 0;
    for (int64_t i = 0; i < classes; i++) others += i == at_most ? 0 : expl(x[i] - most);
    std::vector<long double> wanted;
    for (int64_t i = 0; i < classes; i++) {
      const long double log_probability = x[i] - most - log1pl(others);
      const long double hit = i == p.targets[r] ? 1 - s : 0;
      wanted.push_back(p.weight(i) * (hit + s / classes));
      row -= wanted.back() * log_probability;
      mass += wanted.back();
    }
    a.rows.push_back(row);
    a.loss += row / divisor;
    for (int64_t i = 0; i < classes; i++) {
      a.diff.push_back((mass * expl(x[i] - most) / (1 + others) - wanted[static_cast<size_t>(i)]) / divisor);
    }
  }
  return a;
}

// The kernel works in double, and only adds what is positive: small losses keep their digits too.
double slack(long double value) { return 1e-13 * std::fabs(static_cast<double>(value)) + 1e-300; }

void compare(const Problem& p, Guard side, int threads) {
  CHECK_OK(quern_set_threads(threads));
  const Answer a = solve(p);
  Guarded<float> diff(p.src.size(), side);
  Guarded<double> rows(p.ce.batch, side), loss(1, side), inference(1, side);
  CHECK_OK(quern_cross_entropy_loss(&p.ce, p.src.data(), p.targets.data(), p.class_weights(), diff.data(), rows.data(),
                                    loss.data()));
  CHECK(ran("cross_entropy"));
  CHECK(close_to(loss[0], static_cast<double>(a.loss), slack(a.loss)));
  for (int64_t r = 0; r < p.ce.batch; r++) {
    const long double row = a.rows[static_cast<size_t>(r)];
    CHECK(close_to(rows[r], static_cast<double>(row), slack(row)));
  }
  for (int64_t i = 0; i < diff.size(); i++) {
    const double wanted = static_cast<double>(a.diff[static_cast<size_t>(i)]);
    CHECK(close_to(diff[i], wanted, std::fabs(wanted) * 0x1.001p-24 + 1e-15));
  }
  CHECK_OK(quern_cross_entropy_loss(&p.ce, p.src.data(), p.targets.data(), p.class_weights(), nullptr, rows.data(),
                                    inference.data()));
  CHECK(inference[0] == loss[0]);
}

void cases() {
  for (int64_t classes : {1, 2, 3, 10, 17, 100}) {
    for (int64_t batch : {1, 7, 900}) {
      for (int mode = 0; mode < 12; mode++) {
        const double smoothing[] = {0, 0.1, 1};
        const quern_cross_entropy ce{batch, classes, smoothing[mode % 3], mode / 3 % 2};
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

double loss_of(const Problem& p) {
  double loss = 0;
  Guarded<double> rows(p.ce.batch);
  CHECK_OK(
      quern_cross_entropy_loss(&p.ce, p.src.data(), p.targets.data(), p.class_weights(), nullptr, rows.data(), &loss));
  return loss;
}

// (f(x + h) - f(x - h)) / 2h is off by h^2 / 6 times the third derivative, which is below 1 per unit of weight.
void finite_differences() {
  Problem p({3, 5, 0.2, 0}, true, 2, Guard::After);
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
  const quern_cross_entropy sum{2, 2, 0, 1};
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
  const quern_cross_entropy none{0, 2, 0, 1};
  CHECK_OK(quern_cross_entropy_loss(&none, distant, targets, nullptr, diff, rows, &loss));
  CHECK(loss == 0);
}

void counts_correct() {
  const float src[] = {1, 3, 2, 5, 5, 1, 0, 0, 0, -2, -3, -1};
  const int32_t first[] = {1, 0, 0, 2}, second[] = {1, 1, 2, 0};
  int64_t correct = -1;
  CHECK_OK(quern_count_correct(4, 3, src, first, &correct));
  CHECK(correct == 4);
  CHECK_OK(quern_count_correct(4, 3, src, second, &correct));
  CHECK(correct == 1);  // of equals only the first counts
  CHECK_OK(quern_count_correct(0, 3, src, first, &correct));
  CHECK(correct == 0);
  const float nan[] = {9, NAN, NAN, NAN, 9, 9};  // the first NaN beats everything, as in NumPy
  const int32_t at_nan[] = {1, 0};
  CHECK_OK(quern_count_correct(2, 3, nan, at_nan, &correct));
  CHECK(correct == 2);
}

}  // namespace

void refusals();

int main() {
  start();
  cases();
  finite_differences();
  special_values();
  counts_correct();
  refusals();
  return finish();
}
