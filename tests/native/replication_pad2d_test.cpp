// replication_pad2d against plain loops, paddings larger than the input among them.
#include "replication_pad2d_check.h"

using namespace of_replication_pad2d;

int main() {
  start();
  for (int64_t h : {1, 2, 5}) {
    for (int64_t w : {1, 2, 4}) {
      check(kOperator, resize(2, 3, h, w, h + 3, w, 3, 0));
      check(kOperator, resize(2, 3, h, w, h, w + 7, 0, 5));
      check(kOperator, resize(1, 2, h, w, h + 4, w + 9, 1, 2));
    }
  }
  for (int64_t c : {1, 7, 8, 9, 16, 17, 33}) check(kOperator, resize(1, c, 3, 3, 5, 4, 1, 1));
  check(kOperator, resize(0, 2, 4, 4, 5, 5, 1, 1));
  check(kOperator, resize(3, 17, 40, 40, 43, 42, 2, 1));
  refusals(kOperator, resize(2, 4, 6, 6, 8, 8, 1, 1));
  refused(kOperator, QUERN_INVALID_SHAPE, "cannot hold", resize(1, 1, 4, 4, 3, 4));
  return finish();
}
