// adaptive_avg_pool2d against plain loops: whole images, windows that share inputs, outputs larger than the input.
#include "adaptive_avg_pool2d_check.h"

using namespace of_adaptive_avg_pool2d;

int main() {
  start();
  for (int64_t h : {1, 2, 5, 7}) {
    for (int64_t out : {1, 2, 3, 5, 8}) check(kOperator, resize(2, 3, h, 6, out, 9 - out));
  }
  for (int64_t c : {1, 7, 8, 9, 16, 17, 33, 63, 64, 65, 130}) check(kOperator, resize(1, c, 5, 4, 2, 1));
  check(kOperator, resize(0, 2, 4, 4, 1, 1));
  check(kOperator, resize(5, 17, 40, 40, 7, 7));
  refusals(kOperator, resize(2, 4, 6, 6, 3, 2));
  return finish();
}
