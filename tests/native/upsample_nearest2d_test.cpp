// upsample_nearest2d against plain loops.
#include "resize2d.h"

namespace {

void terms(const quern_resize2d& d, const Term& term) {
  for (int64_t row = 0; row < d.out_height; row++) {
    for (int64_t column = 0; column < d.out_width; column++) {
      term(row, column, row * d.in_height / d.out_height, column * d.in_width / d.out_width, 1);
    }
  }
}

const Resize2d kOperator{"upsample_nearest2d", quern_upsample_nearest2d_forward, quern_upsample_nearest2d_backward,
                         terms};

}  // namespace

int main() {
  start();
  for (int64_t tall : {1, 2, 3, 7}) {
    for (int64_t wide : {1, 2, 5}) {
      check(kOperator, resize(2, 3, 3, 4, 3 * tall, 4 * wide));
      check(kOperator, resize(1, 2, 1, 1, tall, wide));
    }
  }
  for (int64_t c : {1, 7, 8, 9, 16, 17, 33}) check(kOperator, resize(1, c, 3, 3, 6, 9));
  check(kOperator, resize(0, 2, 4, 4, 8, 8));
  check(kOperator, resize(3, 17, 20, 21, 40, 42));
  refusals(kOperator, resize(2, 4, 6, 6, 12, 18));
  refused(kOperator, QUERN_INVALID_SHAPE, "not a multiple", resize(1, 1, 4, 4, 6, 8));
  refused(kOperator, QUERN_INVALID_SHAPE, "not a multiple", resize(1, 1, 4, 4, 8, 2));
  return finish();
}
