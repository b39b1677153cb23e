// multiply, of two sizes alike and by one value a channel, against plain loops; and what is refused.
#include "multiply_check.h"

namespace {

using namespace of_multiply;

int forward(int64_t n, int64_t pixels, int64_t other_pixels, int64_t c) {
  float* f = untouchable<float>();
  return quern_multiply_forward(QUERN_F32, n, pixels, other_pixels, c, f, f, f);
}

int backward(int64_t n, int64_t pixels, int64_t other_pixels, int64_t c) {
  float* f = untouchable<float>();
  return quern_multiply_backward(QUERN_F32, n, pixels, other_pixels, c, f, f, f, f, f);
}

void refusals() {
  for (auto* call : {forward, backward}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "multiply: batch -1", call(-1, 1, 1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "multiply: -1 pixels", call(1, -1, -1, 1));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "multiply: channels 0", call(1, 1, 1, 0));
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "multiply: other_pixels 2 is neither 1 nor pixels 4", call(1, 4, 2, 1));
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", call(1, INT64_MAX, 1, 2));
  }
  float* f = untouchable<float>();
  const char* text = "multiply: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_forward(QUERN_F32, 1, 1, 1, 1, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_forward(QUERN_F32, 1, 1, 1, 1, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_forward(QUERN_F32, 1, 1, 1, 1, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_backward(QUERN_F32, 1, 1, 1, 1, nullptr, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_backward(QUERN_F32, 1, 1, 1, 1, f, nullptr, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_multiply_backward(QUERN_F32, 1, 1, 1, 1, f, f, nullptr, f, f));
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) {
    for (int64_t c : {1, 3, 8, 17, 63, 64, 65, 130}) {
      for (int64_t pixels : {1, 2, 35, 900}) {
        check(2, pixels, pixels, c, side);
        check(3, pixels, 1, c, side);
      }
    }
    check(0, 4, 1, 3, side);
  }
  in_case("%s", "");
  refusals();
  return finish();
}
