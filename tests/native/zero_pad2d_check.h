// zero_pad2d as a list of terms.
#pragma once

#include "resize2d.h"

namespace of_zero_pad2d {

inline void terms(const quern_resize2d& d, const Term& term) {
  for (int64_t y = 0; y < d.in_height; y++) {
    for (int64_t x = 0; x < d.in_width; x++) term(y + d.padding_top, x + d.padding_left, y, x, 1);
  }
}

inline const Resize2d kOperator{"zero_pad2d", quern_zero_pad2d_forward, quern_zero_pad2d_backward, terms};
// With a backward pass that does not name itself.
inline const Resize2d kCropping{"zero_pad2d", quern_zero_pad2d_forward, quern_crop2d, terms};

}  // namespace of_zero_pad2d
