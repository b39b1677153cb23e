// circular_pad2d against plain loops, up to the largest padding: the input's size.
#include "circular_pad2d_check.h"

using namespace of_circular_pad2d;

int main() {
  start();
  for (int64_t h : {1, 2, 3, 5}) {
    for (int64_t w : {1, 2, 4}) {
      check(kOperator, resize(2, 3, h, w, 2 * h, 2 * w, h, 0));
      check(kOperator, resize(2, 3, h, w, 2 * h, 2 * w, 0, w));
      check(kOperator, resize(1, 2, h, w, 3 * h, 3 * w, h, w));
    }
  }
  for (int64_t c : {1, 7, 8, 9, 16, 17, 33}) check(kOperator, resize(1, c, 3, 3, 5, 4, 1, 1));
  check(kOperator, resize(0, 2, 4, 4, 5, 5, 1, 1));
  check(kOperator, resize(3, 17, 40, 40, 43, 42, 2, 1));
  refusals(kOperator, resize(2, 4, 6, 6, 8, 8, 1, 1));
  refused(kOperator, QUERN_INVALID_SHAPE, "cannot hold", resize(1, 1, 4, 4, 3, 4));
  for (int64_t top : {0, 5}) {
    refused(kOperator, QUERN_INVALID_SHAPE, "must be at most the size of input 4x3", resize(1, 1, 4, 3, 9, 3, top));
  }
  for (int64_t left : {0, 4}) {
    refused(kOperator, QUERN_INVALID_SHAPE, "must be at most the size of input 4x3", resize(1, 1, 4, 3, 4, 7, 0, left));
  }
  return finish();
}
