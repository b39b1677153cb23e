// adaptive_avg_pool2d as a list of terms.
#pragma once

#include <utility>

#include "resize2d.h"

namespace of_adaptive_avg_pool2d {

// Whether input i belongs to output `window`: the window runs from the floor of its begin to the ceiling of its end.
inline bool inside(int64_t i, int64_t window, int64_t in, int64_t out) {
  return (i + 1) * out > window * in && i * out < (window + 1) * in;
}

inline void terms(const quern_resize2d& d, const Term& term) {
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

inline const Resize2d kOperator{"adaptive_avg_pool2d", quern_adaptive_avg_pool2d_forward,
                                quern_adaptive_avg_pool2d_backward, terms};

}  // namespace of_adaptive_avg_pool2d
