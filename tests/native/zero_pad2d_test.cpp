// zero_pad2d against plain loops.
#include "zero_pad2d_check.h"

using namespace of_zero_pad2d;

namespace {

// Bit-identical to the backward pass, under the name of the operator that ran before.
void crops() {
  const quern_resize2d d = resize(2, 3, 4, 5, 7, 6, 2, 1);
  Guarded<float> src(2 * 7 * 6 * 3), one(2 * 4 * 5 * 3), other(2 * 4 * 5 * 3);
  Random random(1);
  for (float& v : src) v = random.real();
  CHECK_OK(quern_zero_pad2d_backward(&d, src.data(), one.data()));
  float zero = 0;
  CHECK_OK(quern_relu_forward(QUERN_F32, 1, &zero, &zero));
  CHECK_OK(quern_crop2d(&d, src.data(), other.data()));
  CHECK(ran("relu"));
  CHECK(std::memcmp(one.data(), other.data(), sizeof(float) * static_cast<size_t>(one.size())) == 0);
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "crop2d: a required pointer", quern_crop2d(&d, nullptr, other.data()));
}

}  // namespace

int main() {
  start();
  crops();
  for (int64_t top : {0, 1, 5}) {
    for (int64_t left : {0, 1, 4}) {
      for (int64_t rest : {0, 1, 3}) {
        check(kOperator, resize(2, 3, 3, 2, 3 + top + rest, 2 + left + 3 - rest, top, left));
      }
    }
  }
  for (int64_t c : {1, 7, 8, 9, 16, 17, 33}) check(kOperator, resize(1, c, 1, 1, 2, 4, 0, 2));
  check(kOperator, resize(0, 2, 4, 4, 5, 5, 1, 1));
  check(kOperator, resize(3, 17, 40, 40, 43, 42, 2, 1));
  refusals(kOperator, resize(2, 4, 6, 6, 8, 8, 1, 1));
  refused(kOperator, QUERN_INVALID_SHAPE, "cannot hold", resize(1, 1, 4, 4, 3, 4));
  refused(kOperator, QUERN_INVALID_SHAPE, "cannot hold", resize(1, 1, 4, 4, 4, 3));
  refused(kOperator, QUERN_INVALID_SHAPE, "cannot hold", resize(1, 1, 4, 4, 5, 5, 2, 0));
  refused(kOperator, QUERN_INVALID_SHAPE, "cannot hold", resize(1, 1, 4, 4, 5, 5, 0, 2));
  return finish();
}
