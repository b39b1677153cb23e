// adaptive_max_pool2d against plain loops: values, indices, ties, NaN.
#pragma once

#include "adaptive_avg_pool2d_check.h"
#include "max_pool2d_check.h"

namespace of_adaptive_max_pool2d {

using of_max_pool2d::Maximum;
using of_max_pool2d::same_value;

// The first of equals wins, and a NaN (the last one) over everything.
inline Maximum maximum(const quern_resize2d& d, const Image& src, int64_t image, int64_t row, int64_t column,
                       int64_t c) {
  Maximum m;
  for (int64_t y = 0; y < d.in_height; y++) {
    for (int64_t x = 0; x < d.in_width; x++) {
      if (!of_adaptive_avg_pool2d::inside(y, row, d.in_height, d.out_height)) continue;
      if (!of_adaptive_avg_pool2d::inside(x, column, d.in_width, d.out_width)) continue;
      const float value = src.at(src.pixel(image, y, x), c);
      if (m.at < 0 || value > m.value || std::isnan(value)) m = {value, y * d.in_width + x};
    }
  }
  return m;
}

inline void check_on(const quern_resize2d& d, const Image& src, Values kind, Guard side) {
  const auto dst_like = [&] { return Image(d.batch, d.out_height, d.out_width, d.channels, d.dst_pitch, side); };
  const auto src_like = [&] { return Image(d.batch, d.in_height, d.in_width, d.channels, d.src_pitch, side); };
  Image dst = dst_like(), inference = dst_like(), diff_dst = dst_like(), diff_src = src_like();
  Guarded<int32_t> indices(dst.elements(), side);
  Random random(7);
  diff_dst.fill(&random, kind);
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_adaptive_max_pool2d_forward(&d, src.data(), dst.data(), indices.data()));
  CHECK(ran("adaptive_max_pool2d"));
  CHECK_OK(quern_adaptive_max_pool2d_forward(&d, src.data(), inference.data(), nullptr));
  CHECK_OK(quern_adaptive_max_pool2d_backward(&d, diff_dst.data(), indices.data(), diff_src.data()));
  std::vector<Sum> sums(static_cast<size_t>(src.elements()));
  for (int64_t p = 0; p < dst.pixels(); p++) {
    const int64_t image = p / (d.out_height * d.out_width);
    for (int64_t c = 0; c < d.channels; c++) {
      const Maximum m = maximum(d, src, image, p / d.out_width % d.out_height, p % d.out_width, c);
      CHECK(same_value(dst.at(p, c), m.value));
      CHECK(same_value(inference.at(p, c), m.value));
      CHECK(indices[p * d.channels + c] == m.at);
      const int64_t pixel = image * d.in_height * d.in_width + m.at;
      sums[static_cast<size_t>(pixel * d.channels + c)].add(diff_dst.at(p, c));
    }
  }
  for (int64_t e = 0; e < src.elements(); e++) {
    CHECK(close_to(diff_src.at(e / src.c, e % src.c), sums[static_cast<size_t>(e)], kind));
  }
  CHECK(dst.gaps_untouched() && inference.gaps_untouched() && diff_src.gaps_untouched());
  CHECK_OK(quern_set_threads(many_threads));
  Image dst3 = dst_like(), diff_src3 = src_like();
  CHECK_OK(quern_adaptive_max_pool2d_forward(&d, src.data(), dst3.data(), indices.data()));
  CHECK_OK(quern_adaptive_max_pool2d_backward(&d, diff_dst.data(), indices.data(), diff_src3.data()));
  CHECK(dst3.same_bits(dst) && diff_src3.same_bits(diff_src));
}

}  // namespace of_adaptive_max_pool2d
