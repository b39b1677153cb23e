// upsample_nearest2d against plain loops.
#include "upsample_nearest2d_check.h"

using namespace of_upsample_nearest2d;

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
