// upsample_bilinear2d against plain loops: whole factors and others, down as well as up, both ways of placing corners.
#include "upsample_bilinear2d_check.h"

using namespace of_upsample_bilinear2d;

int main() {
  start();
  for (int64_t align : {0, 1}) {
    for (int64_t tall : {1, 2, 3, 7}) {
      for (int64_t wide : {1, 2, 5}) {
        check(kOperator, aligned(resize(2, 3, 3, 4, 3 * tall, 4 * wide), align));
        check(kOperator, aligned(resize(1, 2, 1, 1, tall, wide), align));
        check(kOperator, aligned(resize(1, 2, 7, 5, tall, wide), align));
      }
    }
    for (int64_t c : {1, 7, 8, 9, 16, 17, 33}) check(kOperator, aligned(resize(1, c, 3, 3, 6, 9), align));
    check(kOperator, aligned(resize(0, 2, 4, 4, 8, 8), align));
    check(kOperator, aligned(resize(2, 17, 9, 11, 18, 22), align));
    check(kOperator, aligned(resize(1, 1, 5, 6, 13, 11), align));
    refusals(kOperator, aligned(resize(2, 4, 6, 6, 12, 18), align));
  }
  return finish();
}
