// replication_pad2d as a list of terms.
#pragma once

#include "resize2d.h"

namespace of_replication_pad2d {

// Walks to the edge.
inline int64_t shown(int64_t i, int64_t n) {
  while (i < 0) i++;
  while (i >= n) i--;
  return i;
}

inline void terms(const quern_resize2d& d, const Term& term) {
  for (int64_t row = 0; row < d.out_height; row++) {
    for (int64_t column = 0; column < d.out_width; column++) {
      term(row, column, shown(row - d.padding_top, d.in_height), shown(column - d.padding_left, d.in_width), 1);
    }
  }
}

inline const Resize2d kOperator{"replication_pad2d", quern_replication_pad2d_forward, quern_replication_pad2d_backward,
                                terms};

}  // namespace of_replication_pad2d
