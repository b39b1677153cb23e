// avg_pool2d against plain loops.
#pragma once

#include <vector>

#include "pool2d.h"

namespace of_avg_pool2d {

// body(y, x) for every input pixel of a window; returns the divisor. Padding counts if asked for, but what ceil mode
// adds beyond the padding never does (as in PyTorch).
template <typename Body>
int64_t each_in_window(const quern_pool2d& d, int64_t row, int64_t column, Body&& body) {
  int64_t inside = 0, padded = 0;
  for (int64_t ky = 0; ky < d.kernel_height; ky++) {
    for (int64_t kx = 0; kx < d.kernel_width; kx++) {
      const int64_t y = row * d.stride_height - d.padding_top + ky * d.dilation_height;
      const int64_t x = column * d.stride_width - d.padding_left + kx * d.dilation_width;
      padded += y < d.in_height + d.padding_bottom && x < d.in_width + d.padding_right;
      if (y < 0 || y >= d.in_height || x < 0 || x >= d.in_width) continue;
      inside++;
      body(y, x);
    }
  }
  return d.count_include_pad ? padded : inside;
}

// Adding, then multiplying by a rounded reciprocal: three roundings more than the plain sum.
inline double tolerance(const Sum& sum) { return (static_cast<double>(sum.terms) + 4) * sum.magnitude * 0x1p-24; }

inline void compare(const quern_pool2d& d, const Image& src, const Image& diff_dst, const Image& dst,
                    const Image& diff_src) {
  std::vector<Sum> diffs(static_cast<size_t>(src.elements()));
  for (int64_t p = 0; p < dst.pixels(); p++) {
    const int64_t image = p / (dst.h * dst.w), row = p / dst.w % dst.h, column = p % dst.w;
    const int64_t divisor = each_in_window(d, row, column, [](int64_t, int64_t) {});
    for (int64_t c = 0; c < d.channels; c++) {
      Sum sum;
      each_in_window(d, row, column, [&](int64_t y, int64_t x) {
        const int64_t pixel = src.pixel(image, y, x);
        sum.add(src.at(pixel, c) / static_cast<double>(divisor));
        diffs[static_cast<size_t>(pixel * d.channels + c)].add(diff_dst.at(p, c) / static_cast<double>(divisor));
      });
      CHECK(close_to(dst.at(p, c), sum.value, tolerance(sum)));
    }
  }
  for (int64_t e = 0; e < src.elements(); e++) {
    const Sum& sum = diffs[static_cast<size_t>(e)];
    CHECK(close_to(diff_src.at(e / src.c, e % src.c), sum.value, tolerance(sum)));
  }
  CHECK(dst.gaps_untouched() && diff_src.gaps_untouched());
}

inline void check_on(const quern_pool2d& d, Guard side, Values kind, uint64_t seed) {
  Image src = pool_src(d, side), diff_dst = pool_dst(d, side);
  Random random(seed);
  src.fill(&random, kind);
  diff_dst.fill(&random, kind);
  Image dst = pool_dst(d, side), diff_src = pool_src(d, side), dst3 = pool_dst(d, side), diff_src3 = pool_src(d, side);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_avg_pool2d_forward(&d, src.data(), dst.data()));
  CHECK(ran("avg_pool2d"));
  CHECK_OK(quern_avg_pool2d_backward(&d, diff_dst.data(), diff_src.data()));
  compare(d, src, diff_dst, dst, diff_src);
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(quern_avg_pool2d_forward(&d, src.data(), dst3.data()));
  CHECK_OK(quern_avg_pool2d_backward(&d, diff_dst.data(), diff_src3.data()));
  CHECK(dst3.same_bits(dst) && diff_src3.same_bits(diff_src));
}

}  // namespace of_avg_pool2d
