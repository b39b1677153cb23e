// deform_im2col against plain loops: every pixel of the image, weighted by its distance, in double.
#pragma once

#include <limits>
#include <vector>

#include "image.h"

namespace of_deform_im2col {

using D = quern_deform_im2col;

inline int64_t windows(int64_t in, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  return (in + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1;
}
inline int64_t out_height(const D& d) {
  return windows(d.in_height, d.kernel_height, d.stride_height, d.padding_height, d.dilation_height);
}
inline int64_t out_width(const D& d) {
  return windows(d.in_width, d.kernel_width, d.stride_width, d.padding_width, d.dilation_width);
}

// The weight of a pixel for a position along one axis.
inline double weight(double position, int64_t pixel) {
  const double away = std::fabs(position - static_cast<double>(pixel));
  return away < 1 ? 1 - away : 0;
}

// Its derivative by the position; on a pixel, that towards the next one.
inline double slope(double position, int64_t pixel) {
  const double away = position - static_cast<double>(pixel);
  return away >= 0 && away < 1 ? -1 : away >= -1 && away < 0 ? 1 : 0;
}

inline void name_case(const D& d, bool masked) {
  in_case(
      "%lldx%lldx%lldx%lld, kernel %lldx%lld, stride %lldx%lld, padding %lldx%lld, dilation %lldx%lld, "
      "%lld groups, pitch %lld, mask %d",
      (long long)d.batch, (long long)d.channels, (long long)d.in_height, (long long)d.in_width,
      (long long)d.kernel_height, (long long)d.kernel_width, (long long)d.stride_height, (long long)d.stride_width,
      (long long)d.padding_height, (long long)d.padding_width, (long long)d.dilation_height,
      (long long)d.dilation_width, (long long)d.offset_groups, (long long)d.src_pitch, masked ? 1 : 0);
}

// Offsets of some pixels; whole ones; and now and then far away or not a number.
inline float any_offset(Random* r) {
  const float odd[] = {std::numeric_limits<float>::quiet_NaN(), INFINITY, -INFINITY, 3e38f, -3e38f, 1e10f, 0};
  switch (r->between(0, 11)) {
    case 0:
      return odd[r->between(0, 6)];
    case 1:
      return static_cast<float>(r->between(-3, 3));
    case 2:
      return 9 * r->real();
    default:
      return 1.5f * r->real();
  }
}

struct Tensors {
  const Image &src, &columns, &diff, &diff_src;
  const Guarded<float>&offset, &mask, &diff_offset, &diff_mask;
};

inline void compare(const D& d, bool masked, const Tensors& t) {
  const auto near = [](float got, const Sum& sum) {
    return close_to(got, sum.value, sum.tolerance() + 4 * sum.magnitude * 0x1p-24 + 1e-37);
  };
  const int64_t oh = out_height(d), ow = out_width(d), group = d.channels / d.offset_groups;
  std::vector<Sum> to_src(static_cast<size_t>(t.src.elements()));
  for (int64_t n = 0; n < d.batch; n++) {
    for (int64_t oy = 0; oy < oh; oy++) {
      for (int64_t ox = 0; ox < ow; ox++) {
        for (int64_t point = 0; point < d.offset_groups * d.kernel_height * d.kernel_width; point++) {
          const int64_t ky = point / d.kernel_width % d.kernel_height, kx = point % d.kernel_width;
          const int64_t g = point / (d.kernel_height * d.kernel_width);
          const int64_t at = ((n * oh + oy) * ow + ox) * d.offset_groups * d.kernel_height * d.kernel_width + point;
          const double y = static_cast<double>(oy * d.stride_height - d.padding_height + ky * d.dilation_height) +
                           static_cast<double>(t.offset[2 * at]);
          const double x = static_cast<double>(ox * d.stride_width - d.padding_width + kx * d.dilation_width) +
                           static_cast<double>(t.offset[2 * at + 1]);
          const double m = masked ? static_cast<double>(t.mask[at]) : 1;
          const int64_t column = t.columns.pixel(n, oy * d.kernel_height + ky, ox * d.kernel_width + kx);
          Sum by_y, by_x, by_mask;
          for (int64_t c = g * group; c < (g + 1) * group; c++) {
            const double dy = static_cast<double>(t.diff.at(column, c));
            Sum sum;
            for (int64_t py = 0; py < d.in_height; py++) {
              for (int64_t px = 0; px < d.in_width; px++) {
                const int64_t from = t.src.pixel(n, py, px);
                const double value = static_cast<double>(t.src.at(from, c));
                const double wy = weight(y, py), wx = weight(x, px);
                if (wy * wx != 0) {
                  sum.add(m * wy * wx * value);
                  by_mask.add(wy * wx * value * dy);
                  to_src[static_cast<size_t>(from * d.channels + c)].add(m * wy * wx * dy);
                }
                if (slope(y, py) * wx != 0) by_y.add(m * slope(y, py) * wx * value * dy);
                if (slope(x, px) * wy != 0) by_x.add(m * slope(x, px) * wy * value * dy);
              }
            }
            CHECK(near(t.columns.at(column, c), sum));
          }
          CHECK(near(t.diff_offset[2 * at], by_y) && near(t.diff_offset[2 * at + 1], by_x));
          if (masked) CHECK(near(t.diff_mask[at], by_mask));
        }
      }
    }
  }
  for (int64_t e = 0; e < t.src.elements(); e++) {
    CHECK(near(t.diff_src.at(e / t.src.c, e % t.src.c), to_src[static_cast<size_t>(e)]));
  }
  CHECK(t.diff_src.gaps_untouched());
}

inline bool same_bits(const Guarded<float>& a, const Guarded<float>& b) {
  return std::memcmp(a.data(), b.data(), static_cast<size_t>(a.size()) * sizeof(float)) == 0;
}

inline void check(const D& d, bool masked, Guard side) {
  name_case(d, masked);
  const int64_t h = out_height(d), w = out_width(d);
  const int64_t points = d.batch * h * w * d.offset_groups * d.kernel_height * d.kernel_width;
  const auto src_like = [&] { return Image(d.batch, d.in_height, d.in_width, d.channels, d.src_pitch, side); };
  const auto columns_like = [&] {
    return Image(d.batch, h * d.kernel_height, w * d.kernel_width, d.channels, d.channels, side);
  };
  Image src = src_like(), diff = columns_like(), columns = columns_like(), diff_src = src_like();
  Guarded<float> offset(2 * points, side), mask(masked ? points : 0, side);
  Guarded<float> diff_offset(2 * points, side), diff_mask(mask.size(), side);
  Random random(static_cast<uint64_t>(d.in_height * 31 + d.in_width + 7 * d.kernel_height + d.offset_groups));
  src.fill(&random, Values::Floats);
  diff.fill(&random, Values::Floats);
  for (int64_t i = 0; i < offset.size(); i++) offset[i] = any_offset(&random);
  for (int64_t i = 0; i < mask.size(); i++) mask[i] = random.real();
  const float* const m = masked ? mask.data() : nullptr;
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_deform_im2col_forward(&d, src.data(), offset.data(), m, columns.data()));
  CHECK(ran("deform_im2col"));
  CHECK_OK(quern_deform_im2col_backward(&d, src.data(), offset.data(), m, diff.data(), diff_src.data(),
                                        diff_offset.data(), masked ? diff_mask.data() : nullptr));
  compare(d, masked, {src, columns, diff, diff_src, offset, mask, diff_offset, diff_mask});
  Image columns3 = columns_like(), diff_src3 = src_like();
  Guarded<float> diff_offset3(2 * points, side), diff_mask3(mask.size(), side);
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(quern_deform_im2col_forward(&d, src.data(), offset.data(), m, columns3.data()));
  CHECK_OK(
      quern_deform_im2col_backward(&d, src.data(), offset.data(), m, diff.data(), diff_src3.data(), nullptr, nullptr));
  CHECK_OK(quern_deform_im2col_backward(&d, src.data(), offset.data(), m, diff.data(), nullptr, diff_offset3.data(),
                                        nullptr));
  CHECK(columns3.same_bits(columns) && diff_src3.same_bits(diff_src) && same_bits(diff_offset3, diff_offset));
  if (masked) {
    CHECK_OK(quern_deform_im2col_backward(&d, src.data(), offset.data(), m, diff.data(), nullptr, nullptr,
                                          diff_mask3.data()));
    CHECK(same_bits(diff_mask3, diff_mask));
  }
}

}  // namespace of_deform_im2col
