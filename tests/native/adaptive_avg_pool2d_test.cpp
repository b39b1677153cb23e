// adaptive_avg_pool2d against plain loops: whole images, windows that share inputs, outputs larger than the input.
#include <utility>

#include "resize2d.h"

namespace {

// Whether input i belongs to output `window`: the window runs from the floor of its begin to the ceiling of its end.
bool inside(int64_t i, int64_t window, int64_t in, int64_t out) {
  return (i + 1) * out > window * in && i * out < (window + 1) * in;
}

void terms(const quern_resize2d& d, const Term& term) {
  for (int64_t row = 0; row < d.out_height; row++) {
    for (int64_t column = 0; column < d.out_width; column++) {
      std::vector<std::pair<int64_t, int64_t>> window;
      for (int64_t y = 0; y < d.in_height; y++) {
        for (int64_t x = 0; x < d.in_width; x++) {
          if (inside(y, row, d.in_height, d.out_height) && inside(x, column, d.in_width, d.out_width)) {
            window.emplace_back(y, x);
          }
        }
      }
      for (const auto& at : window) {
        term(row, column, at.first, at.second, 1.0 / static_cast<double>(window.size()));
      }
    }
  }
}

const Resize2d kOperator{"adaptive_avg_pool2d", quern_adaptive_avg_pool2d_forward, quern_adaptive_avg_pool2d_backward,
                         terms};

}  // namespace

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
