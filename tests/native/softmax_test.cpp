// softmax and log_softmax against long double, with logits that overflow a naive exp; and what is refused.
#include <cfloat>
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace {

using Row = std::vector<long double>;

Row softmax(int64_t classes, const float* src) {
  long double most = src[0], sum = 0;
  for (int64_t i = 1; i < classes; i++) most = src[i] > most ? src[i] : most;
  Row row;
  for (int64_t i = 0; i < classes; i++) {
    row.push_back(expl(src[i] - most));
    sum += row.back();
  }
  for (long double& v : row) v /= sum;
  return row;
}

// The sum is taken in double: what remains is the rounding to float, or half the smallest float.
double rounding(long double value) { return std::fabs(static_cast<double>(value)) * 0x1.0001p-24 + 0x1p-150; }

void fill(Guarded<float>* values, Random* random, float scale) {
  for (float& v : *values) v = random->real() * scale;
}

void compare_forward(int64_t rows, int64_t classes, const float* src, const float* dst) {
  for (int64_t r = 0; r < rows; r++) {
    const Row wanted = softmax(classes, src + r * classes);
    for (int64_t i = 0; i < classes; i++) {
      const long double value = wanted[static_cast<size_t>(i)];
      CHECK(close_to(dst[r * classes + i], static_cast<double>(value), rounding(value)));
    }
  }
}

void compare_backward(int64_t rows, int64_t classes, const float* dst, const float* diff_dst, const float* diff_src) {
  for (int64_t r = 0; r < rows; r++, dst += classes, diff_dst += classes, diff_src += classes) {
    long double dot = 0, magnitude = 0;
    for (int64_t i = 0; i < classes; i++) {
      const long double term = static_cast<long double>(dst[i]) * diff_dst[i];
      dot += term;
      magnitude += fabsl(term);
    }
    for (int64_t i = 0; i < classes; i++) {
      const long double wanted = dst[i] * (diff_dst[i] - dot);
      const double slack = static_cast<double>(magnitude) * static_cast<double>(classes) * 1e-15;
      CHECK(close_to(diff_src[i], static_cast<double>(wanted), rounding(wanted) + slack));
    }
  }
}

// log softmax(x)[i] = (x[i] - max) - log(sum of exp(x - max)).
void compare_log(int64_t rows, int64_t classes, const float* src, const float* diff_dst, Guard side) {
  Guarded<float> dst(rows * classes, side), diff_src(rows * classes, side);
  CHECK_OK(quern_log_softmax_forward(rows, classes, src, dst.data()));
  CHECK(ran("log_softmax"));
  CHECK_OK(quern_log_softmax_backward(rows, classes, dst.data(), diff_dst, diff_src.data()));
  for (int64_t r = 0; r < rows; r++) {
    const float *x = src + r * classes, *dy = diff_dst + r * classes;
    long double most = x[0], sum = 0, diffs = 0;
    for (int64_t i = 1; i < classes; i++) most = x[i] > most ? x[i] : most;
    for (int64_t i = 0; i < classes; i++) {
      sum += expl(x[i] - most);
      diffs += dy[i];
    }
    for (int64_t i = 0; i < classes; i++) {
      const long double exact = (x[i] - most) - logl(sum), wanted = exact < -FLT_MAX ? -HUGE_VALL : exact;
      CHECK(close_to(dst[r * classes + i], static_cast<double>(wanted), rounding(exact) + 1e-18));
      const long double slope = dy[i] - expl(dst[r * classes + i]) * diffs;
      const double slack = static_cast<double>(classes) * 1e-15;
      CHECK(close_to(diff_src[r * classes + i], static_cast<double>(slope), rounding(slope) + slack));
    }
  }
}

void check(int64_t rows, int64_t classes, float scale, Guard side) {
  Random random(static_cast<uint64_t>(classes));
  Guarded<float> src(rows * classes, side), dst(rows * classes, side), diff_dst(rows * classes, side);
  Guarded<float> diff_src(rows * classes, side), dst3(rows * classes, side), diff_src3(rows * classes, side);
  fill(&src, &random, scale);
  fill(&diff_dst, &random, 1);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_softmax_forward(rows, classes, src.data(), dst.data()));
  CHECK(ran("softmax"));
  compare_forward(rows, classes, src.data(), dst.data());
  CHECK_OK(quern_softmax_backward(rows, classes, dst.data(), diff_dst.data(), diff_src.data()));
  compare_backward(rows, classes, dst.data(), diff_dst.data(), diff_src.data());
  compare_log(rows, classes, src.data(), diff_dst.data(), side);
  CHECK_OK(quern_set_threads(3));
  CHECK_OK(quern_softmax_forward(rows, classes, src.data(), dst3.data()));
  CHECK_OK(quern_softmax_backward(rows, classes, dst.data(), diff_dst.data(), diff_src3.data()));
  CHECK(std::memcmp(dst3.data(), dst.data(), sizeof(float) * dst.size()) == 0);
  CHECK(std::memcmp(diff_src3.data(), diff_src.data(), sizeof(float) * dst.size()) == 0);
}

void cases() {
  for (float scale : {1.0f, 30.0f, 1000.0f, 3e38f}) {
    for (int64_t classes : {1, 2, 3, 7, 8, 10, 16, 17, 33, 1000}) {
      for (int64_t rows : {0, 1, 3, 13}) {
        in_case("%lld rows of %lld, scale %g", static_cast<long long>(rows), static_cast<long long>(classes), scale);
        check(rows, classes, scale, Guard::After);
        check(rows, classes, scale, Guard::Before);
      }
    }
  }
  check(1500, 10, 5, Guard::After);  // several pieces
  in_case("%s", "");
}

void forward(int64_t classes, const float* src, float* dst) { CHECK_OK(quern_softmax_forward(1, classes, src, dst)); }

void special_values() {
  float dst[4];
  const float equal[] = {-5, -5, -5, -5};
  forward(4, equal, dst);
  for (float v : dst) CHECK(v == 0.25f);
  const float masked[] = {1, -INFINITY, 1, -INFINITY};
  forward(4, masked, dst);
  CHECK(dst[0] == 0.5f && dst[1] == 0 && dst[2] == 0.5f && dst[3] == 0);
  const float lone[] = {-INFINITY, -3e38f, 3e38f, 0};
  forward(4, lone, dst);
  CHECK(dst[0] == 0 && dst[1] == 0 && dst[2] == 1 && dst[3] == 0);
  CHECK_OK(quern_log_softmax_forward(1, 4, lone, dst));
  CHECK(dst[0] == -INFINITY && dst[2] == 0 && dst[3] == -3e38f);
  // No distribution, so no number that looks like one.
  const float bad[][4] = {{1, 2, NAN, 3}, {1, INFINITY, 2, 3}, {-INFINITY, -INFINITY, -INFINITY, -INFINITY}};
  for (const auto& row : bad) {
    forward(4, row, dst);
    for (float v : dst) CHECK(std::isnan(v));
    CHECK_OK(quern_log_softmax_forward(1, 4, row, dst));
    for (float v : dst) CHECK(std::isnan(v));
  }
}

void refused(int status, const char* text, int64_t rows, int64_t classes) {
  float* f = untouchable<float>();
  CHECK_REFUSED(status, text, quern_softmax_forward(rows, classes, f, f));
  CHECK_REFUSED(status, text, quern_softmax_backward(rows, classes, f, f, f));
}

void log_refusals() {
  float* f = untouchable<float>();
  const char* text = "log_softmax: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_log_softmax_forward(1, 1, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_log_softmax_forward(1, 1, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_log_softmax_backward(1, 1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_log_softmax_backward(1, 1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_log_softmax_backward(1, 1, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "log_softmax: classes 0", quern_log_softmax_forward(2, 0, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "log_softmax: rows -1", quern_log_softmax_backward(-1, 2, f, f, f));
}

void refusals() {
  constexpr int64_t kMost = INT32_MAX;
  float* f = untouchable<float>();
  for (int64_t bad : {int64_t{-1}, INT64_MIN, kMost + 1, INT64_MAX}) {
    refused(QUERN_INVALID_ARGUMENT, "softmax: rows", bad, 2);
    refused(QUERN_INVALID_ARGUMENT, "softmax: classes", 2, bad);
  }
  refused(QUERN_INVALID_ARGUMENT, "softmax: classes 0", 2, 0);
  refused(QUERN_INVALID_SHAPE, "more than 2^53", kMost, kMost);
  const char* text = "softmax: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_softmax_forward(1, 1, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_softmax_forward(1, 1, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_softmax_backward(1, 1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_softmax_backward(1, 1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_softmax_backward(1, 1, f, f, nullptr));
}

}  // namespace

int main() {
  start();
  cases();
  special_values();
  refusals();
  log_refusals();
  return finish();
}
