// circular_pad2d as a list of terms.
#pragma once

#include "resize2d.h"

namespace of_circular_pad2d {

// Whichever image of a row of them it lies in.
inline int64_t shown(int64_t i, int64_t n) { return ((i % n) + n) % n; }

inline void terms(const quern_resize2d& d, const Term& term) {
  for (int64_t row = 0; row < d.out_height; row++) {
    for (int64_t column = 0; column < d.out_width; column++) {
      term(row, column, shown(row - d.padding_top, d.in_height), shown(column - d.padding_left, d.in_width), 1);
    }
  }
}

inline const Resize2d kOperator{"circular_pad2d", quern_circular_pad2d_forward, quern_circular_pad2d_backward, terms};

}  // namespace of_circular_pad2d
