// reflection_pad2d against plain loops, up to the largest padding: the input's size less one.
#include "resize2d.h"

namespace {

// Walks from the first pixel to and fro between the ends.
int64_t walk(int64_t steps, int64_t n) {
  int64_t at = 0, by = 1;
  for (; steps > 0; steps--) {
    if (at + by < 0 || at + by >= n) by = -by;
    at += by;
  }
  return at;
}

int64_t shown(int64_t i, int64_t n) { return n == 1 ? 0 : walk(i < 0 ? -i : i, n); }

void terms(const quern_resize2d& d, const Term& term) {
  for (int64_t row = 0; row < d.out_height; row++) {
    for (int64_t column = 0; column < d.out_width; column++) {
      term(row, column, shown(row - d.padding_top, d.in_height), shown(column - d.padding_left, d.in_width), 1);
    }
  }
}

const Resize2d kOperator{"reflection_pad2d", quern_reflection_pad2d_forward, quern_reflection_pad2d_backward, terms};

}  // namespace

int main() {
  start();
  for (int64_t h : {1, 2, 3, 5}) {
    for (int64_t w : {1, 2, 4}) {
      check(kOperator, resize(2, 3, h, w, 2 * h - 1, 2 * w - 1, h - 1, 0));
      check(kOperator, resize(2, 3, h, w, 2 * h - 1, 2 * w - 1, 0, w - 1));
      check(kOperator, resize(1, 2, h, w, 3 * h - 2, 3 * w - 2, h - 1, w - 1));
    }
  }
  for (int64_t c : {1, 7, 8, 9, 16, 17, 33}) check(kOperator, resize(1, c, 3, 3, 5, 4, 1, 1));
  check(kOperator, resize(0, 2, 4, 4, 5, 5, 1, 1));
  check(kOperator, resize(3, 17, 40, 40, 43, 42, 2, 1));
  refusals(kOperator, resize(2, 4, 6, 6, 8, 8, 1, 1));
  refused(kOperator, QUERN_INVALID_SHAPE, "cannot hold", resize(1, 1, 4, 4, 3, 4));
  for (int64_t top : {0, 4}) {
    refused(kOperator, QUERN_INVALID_SHAPE, "must be less than the size of input 4x3", resize(1, 1, 4, 3, 8, 3, top));
  }
  for (int64_t left : {0, 3}) {
    refused(kOperator, QUERN_INVALID_SHAPE, "must be less than the size of input 4x3",
            resize(1, 1, 4, 3, 4, 6, 0, left));
  }
  return finish();
}
