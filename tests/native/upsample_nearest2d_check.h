// upsample_nearest2d as a list of terms.
#pragma once

#include "resize2d.h"

namespace of_upsample_nearest2d {

inline void terms(const quern_resize2d& d, const Term& term) {
  for (int64_t row = 0; row < d.out_height; row++) {
    for (int64_t column = 0; column < d.out_width; column++) {
      term(row, column, row * d.in_height / d.out_height, column * d.in_width / d.out_width, 1);
    }
  }
}

inline const Resize2d kOperator{"upsample_nearest2d", quern_upsample_nearest2d_forward,
                                quern_upsample_nearest2d_backward, terms};

}  // namespace of_upsample_nearest2d
