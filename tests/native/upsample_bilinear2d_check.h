// upsample_bilinear2d as a list of terms.
#pragma once

#include "resize2d.h"

namespace of_upsample_bilinear2d {

inline quern_resize2d aligned(quern_resize2d d, int64_t align_corners) {
  d.align_corners = align_corners;
  return d;
}

// Where output i lies among the inputs.
inline double place(int64_t i, int64_t in, int64_t out, bool align_corners) {
  const double n = static_cast<double>(in), m = static_cast<double>(out), at = static_cast<double>(i);
  if (align_corners) return out == 1 ? 0 : at * (n - 1) / (m - 1);
  return std::fmax(0, (at + 0.5) * n / m - 0.5);
}

// What an input has of an output: a tent that falls from 1 to 0 on either side, and is flat beyond the last one.
inline double share(double at, int64_t input, int64_t in) {
  return std::fmax(0, 1 - std::fabs(std::fmin(at, static_cast<double>(in - 1)) - static_cast<double>(input)));
}

inline void terms(const quern_resize2d& d, const Term& term) {
  for (int64_t row = 0; row < d.out_height; row++) {
    const double at_y = place(row, d.in_height, d.out_height, d.align_corners != 0);
    for (int64_t column = 0; column < d.out_width; column++) {
      const double at_x = place(column, d.in_width, d.out_width, d.align_corners != 0);
      for (int64_t y = 0; y < d.in_height; y++) {
        for (int64_t x = 0; x < d.in_width; x++) {
          const double factor = share(at_y, y, d.in_height) * share(at_x, x, d.in_width);
          if (factor > 0) term(row, column, y, x, factor);
        }
      }
    }
  }
}

inline const Resize2d kOperator{"upsample_bilinear2d", quern_upsample_bilinear2d_forward,
                                quern_upsample_bilinear2d_backward, terms, 4};  // a factor is a product

}  // namespace of_upsample_bilinear2d
