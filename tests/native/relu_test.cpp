// relu: values at the kink and beyond, in place, and what is refused.
#include "relu_check.h"

namespace {

using namespace of_relu;

void sizes() {
  for (int threads : {1, 3}) {
    CHECK_OK(quern_set_threads(threads));
    for (int64_t n : {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 1009, 16383, 16384, 16385, 50021}) {
      in_case("%lld elements, %d threads", static_cast<long long>(n), threads);
      compare(n, Guard::After);
      compare(n, Guard::Before);
    }
  }
  in_case("%s", "");
}

void refusals() {
  float* f = untouchable<float>();
  const char* text = "relu: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_relu_forward(QUERN_F32, 1, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_relu_forward(QUERN_F32, 1, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_relu_backward(QUERN_F32, 1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_relu_backward(QUERN_F32, 1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_relu_backward(QUERN_F32, 1, f, f, nullptr));
  for (int64_t n : {int64_t{-1}, INT64_MIN}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "relu: -", quern_relu_forward(QUERN_F32, n, f, f));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "relu: -", quern_relu_backward(QUERN_F32, n, f, f, f));
  }
  for (int64_t n : {(int64_t{1} << 53) + 1, INT64_MAX}) {
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_relu_forward(QUERN_F32, n, f, f));
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_relu_backward(QUERN_F32, n, f, f, f));
  }
}

}  // namespace

int main() {
  start();
  sizes();
  refusals();
  return finish();
}
