// softmax and log_softmax against long double, with logits that overflow a naive exp; and what is refused.
#include "softmax_check.h"

namespace {

using namespace of_softmax;

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

void forward(int64_t classes, const float* src, float* dst) {
  CHECK_OK(quern_softmax_forward(QUERN_F32, 1, classes, src, dst));
}

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
  CHECK_OK(quern_log_softmax_forward(QUERN_F32, 1, 4, lone, dst));
  CHECK(dst[0] == -INFINITY && dst[2] == 0 && dst[3] == -3e38f);
  // No distribution, so no number that looks like one.
  const float bad[][4] = {{1, 2, NAN, 3}, {1, INFINITY, 2, 3}, {-INFINITY, -INFINITY, -INFINITY, -INFINITY}};
  for (const auto& row : bad) {
    forward(4, row, dst);
    for (float v : dst) CHECK(std::isnan(v));
    CHECK_OK(quern_log_softmax_forward(QUERN_F32, 1, 4, row, dst));
    for (float v : dst) CHECK(std::isnan(v));
  }
}

void refused(int status, const char* text, int64_t rows, int64_t classes) {
  float* f = untouchable<float>();
  CHECK_REFUSED(status, text, quern_softmax_forward(QUERN_F32, rows, classes, f, f));
  CHECK_REFUSED(status, text, quern_softmax_backward(QUERN_F32, rows, classes, f, f, f));
}

void log_refusals() {
  float* f = untouchable<float>();
  const char* text = "log_softmax: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_log_softmax_forward(QUERN_F32, 1, 1, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_log_softmax_forward(QUERN_F32, 1, 1, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_log_softmax_backward(QUERN_F32, 1, 1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_log_softmax_backward(QUERN_F32, 1, 1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_log_softmax_backward(QUERN_F32, 1, 1, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "log_softmax: classes 0", quern_log_softmax_forward(QUERN_F32, 2, 0, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "log_softmax: rows -1", quern_log_softmax_backward(QUERN_F32, -1, 2, f, f, f));
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
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_softmax_forward(QUERN_F32, 1, 1, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_softmax_forward(QUERN_F32, 1, 1, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_softmax_backward(QUERN_F32, 1, 1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_softmax_backward(QUERN_F32, 1, 1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_softmax_backward(QUERN_F32, 1, 1, f, f, nullptr));
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
