// reflection_pad2d as a list of terms.
#pragma once

#include "resize2d.h"

namespace of_reflection_pad2d {

// Walks from the first pixel to and fro between the ends.
inline int64_t walk(int64_t steps, int64_t n) {
  int64_t at = 0, by = 1;
  for (; steps > 0; steps--) {
    if (at + by < 0 || at + by >= n) by = -by;
    at += by;
  }
  return at;
}

inline int64_t shown(int64_t i, int64_t n) { return n == 1 ? 0 : walk(i < 0 ? -i : i, n); }

inline void terms(const quern_resize2d& d, const Term& term) {
  for (int64_t row = 0; row < d.out_height; row++) {
    for (int64_t column = 0; column < d.out_width; column++) {
      term(row, column, shown(row - d.padding_top, d.in_height), shown(column - d.padding_left, d.in_width), 1);
    }
  }
}

inline const Resize2d kOperator{"reflection_pad2d", quern_reflection_pad2d_forward, quern_reflection_pad2d_backward,
                                terms};

}  // namespace of_reflection_pad2d
