// prelu: values at the kink and beyond, a weight a channel or one for all, in place, and what is refused.
#include "prelu_check.h"

namespace {

using namespace of_prelu;

void sizes() {
  for (Guard side : {Guard::After, Guard::Before}) {
    for (bool special : {false, true}) {
      for (int64_t n : {0, 1, 2, 7, 8, 9, 63, 64, 65, 127, 1009, 16383, 50021}) {
        in_case("%lld elements", static_cast<long long>(n));
        compare(n, 1, special, side);
      }
      for (int64_t c : {2, 7, 8, 9, 16, 17, 33, 130}) {
        for (int64_t rows : {0, 1, 3, 50, 1111}) {
          in_case("%lld rows of %lld", static_cast<long long>(rows), static_cast<long long>(c));
          compare(rows, c, special, side);
        }
      }
    }
  }
  in_case("%s", "");
}

// The input's gradient, or that of the weights, alone.
void optional_results() {
  Guarded<float> src(20), diff_dst(20), weights(5), diff_weights(5), both(5), diff_src(20);
  Random random(1);
  for (float& v : src) v = random.real();
  for (float& v : diff_dst) v = random.real();
  for (float& v : weights) v = random.real();
  int64_t bytes = 0;
  CHECK_OK(quern_prelu_workspace(4, 5, &bytes));
  Guarded<char> workspace(bytes, Guard::After, 8);
  CHECK_OK(quern_prelu_backward(QUERN_F32, 4, 5, src.data(), diff_dst.data(), weights.data(), diff_src.data(),
                                both.data(), workspace.data(), bytes));
  CHECK_OK(quern_prelu_backward(QUERN_F32, 4, 5, src.data(), diff_dst.data(), weights.data(), nullptr,
                                diff_weights.data(), workspace.data(), bytes));
  for (int64_t i = 0; i < 5; i++) CHECK(diff_weights[i] == both[i]);
}

void refusals() {
  float* f = untouchable<float>();
  int64_t* bytes = untouchable<int64_t>();
  const char* null = "prelu: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_prelu_workspace(1, 1, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_prelu_forward(QUERN_F32, 1, 1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_prelu_forward(QUERN_F32, 1, 1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_prelu_forward(QUERN_F32, 1, 1, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_prelu_backward(QUERN_F32, 1, 1, nullptr, f, f, f, f, f, 512));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_prelu_backward(QUERN_F32, 1, 1, f, nullptr, f, f, f, f, 512));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, null, quern_prelu_backward(QUERN_F32, 1, 1, f, f, nullptr, f, f, f, 512));
  const char* workspace = "prelu: workspace";
  CHECK_REFUSED(QUERN_WORKSPACE, workspace, quern_prelu_backward(QUERN_F32, 1, 1, f, f, f, f, f, nullptr, 0));
  CHECK_REFUSED(QUERN_WORKSPACE, workspace, quern_prelu_backward(QUERN_F32, 1, 1, f, f, f, f, f, f, 511));
  CHECK_REFUSED(QUERN_WORKSPACE, workspace, quern_prelu_backward(QUERN_F32, 1, 3, f, f, f, f, f, f, 23));
  for (int64_t bad : {int64_t{-1}, INT64_MIN}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "prelu: -", quern_prelu_workspace(bad, 1, bytes));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "prelu: -", quern_prelu_forward(QUERN_F32, bad, 1, f, f, f));
  }
  for (int64_t bad : {int64_t{-1}, INT64_MIN, INT64_MAX}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "prelu: channels", quern_prelu_workspace(1, bad, bytes));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "prelu: channels", quern_prelu_forward(QUERN_F32, 1, bad, f, f, f));
  }
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "prelu: channels", quern_prelu_workspace(1, 0, bytes));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_prelu_workspace(int64_t{1} << 50, 100, bytes));
}

}  // namespace

int main() {
  start();
  sizes();
  optional_results();
  refusals();
  return finish();
}
