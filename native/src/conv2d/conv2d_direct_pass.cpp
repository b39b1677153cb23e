// The passes of direct convolution: the inputs and weights of each pass, and its pieces of work.
#include <algorithm>

#include "conv2d/conv2d_direct.h"

namespace quern {
namespace {

// Above it, rectangles of few pixels cost more than taps on zeros.
constexpr double kMostInside = 0.6;

int64_t gcd(int64_t a, int64_t b) { return b == 0 ? a : gcd(b, a % b); }

// The taps that reach input coordinates of this remainder modulo the stride: those k with remainder + padding - k *
// dilation divisible by the stride.
DirectAxis backward_axis(int64_t in, int64_t out, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation,
                         int64_t remainder) {
  const int64_t period = stride / gcd(dilation, stride), from = remainder + padding;
  int64_t k = 0;
  while (k < std::min(period, kernel) && (from - k * dilation) % stride != 0) k++;
  DirectAxis a{out, divide_up(in - remainder, stride), 1, 0, 0, 1, 0, 0};
  if (k == std::min(period, kernel)) return a;
  a.taps = divide_up(kernel - k, period);
  a.weight_first = k + (a.taps - 1) * period;
  a.weight_step = -period;
  a.first = (from - a.weight_first * dilation) / stride;
  a.step = period * dilation / stride;
  return a;
}

}  // namespace

bool direct_has_few_remainders(const Conv2d& c) noexcept {
  const int64_t y = std::min(c.w.stride_height, c.w.in_height), x = std::min(c.w.stride_width, c.w.in_width);
  return x <= kMostRemainders && y <= kMostRemainders / x;
}

DirectPass direct_finished(DirectPass p) noexcept {
  p.lanes = kernels().lanes;
  p.vectors = divide_up(p.columns, p.lanes);
  p.blocks = divide_up(p.vectors, kernels().widest);
  p.packed = p.taps() * p.depth * p.vectors * p.lanes;
  p.images = 1;
  const int64_t pixels = p.y.out * p.x.out;
  if (pixels > kPiecePixels) {
    p.rows = std::max<int64_t>(kPiecePixels / p.x.out, 1);
    while (p.rows > 1 && p.image_floats() > kPieceFloats) p.rows--;
    p.rows = divide_up(p.y.out, divide_up(p.y.out, p.rows));  // pieces of nearly one size
  } else {
    p.rows = p.y.out;
    p.images = std::max<int64_t>(std::min(kPiecePixels / pixels, kPieceFloats / p.image_floats()), 1);
  }
  return p;
}

DirectPass direct_forward(const Conv2d& c) noexcept {
  const Windows& w = c.w;
  DirectPass p{};
  p.y = {w.in_height, w.out_height, w.stride_height, w.kernel_height, -w.padding_height, w.dilation_height, 0, 1};
  p.x = {w.in_width, w.out_width, w.stride_width, w.kernel_width, -w.padding_width, w.dilation_width, 0, 1};
  p.depth = w.channels;
  p.columns = c.out_per_group;
  p.in_pitch = w.src_pitch;
  p.out_pitch = w.dst_pitch;
  p.out_y = w.out_width;
  p.out_x = 1;
  p.image_pixels = c.per_image;
  if (is_half(c.types.weights)) p.type = c.types.weights;
  const double inside = c.inference ? direct_taps_inside(p) : 1;
  if (inside < kMostInside) p.inside = inside;
  return direct_finished(p);
}

DirectPass direct_backward(const Conv2d& c, int64_t remainder_y, int64_t remainder_x) noexcept {
  const Windows& w = c.w;
  DirectPass p{};
  p.y = backward_axis(w.in_height, w.out_height, w.kernel_height, w.stride_height, w.padding_height, w.dilation_height,
                      remainder_y);
  p.x = backward_axis(w.in_width, w.out_width, w.kernel_width, w.stride_width, w.padding_width, w.dilation_width,
                      remainder_x);
  p.depth = c.out_per_group;
  p.columns = w.channels;
  p.in_pitch = w.dst_pitch;
  p.out_pitch = w.src_pitch;
  p.out_first = remainder_y * w.in_width + remainder_x;
  p.out_y = w.stride_height * w.in_width;
  p.out_x = w.stride_width;
  p.image_pixels = w.in_height * w.in_width;
  return direct_finished(p);
}

bool direct_takes_pairs(const Conv2d& c) noexcept {
  const Windows& w = c.w;
  const bool same_taps = w.dilation_width == 1 && w.kernel_width > 1 && (w.kernel_width - w.padding_width) % 2 == 0;
  const bool whole = w.channels == kernels().lanes || (w.channels < kernels().lanes && w.padding_width % 2 == 0);
  return c.groups == 1 && w.stride_width == 2 && w.in_width % 2 == 0 && w.src_pitch == w.channels && same_taps && whole;
}

DirectPass direct_backward_pairs(const Conv2d& c, int64_t remainder_y) noexcept {
  const Windows& w = c.w;
  const auto ceil_half = [](int64_t a) { return (a + 1) >> 1; };
  // the outputs whose windows hold either pixel, counted from the one of the same number
  const int64_t first = ceil_half(w.padding_width - w.kernel_width + 1), last = ceil_half(w.padding_width);
  DirectPass p = direct_backward(c, remainder_y, 0);
  p.x = {w.out_width, w.in_width / 2, 1, last - first + 1, first, 1, w.padding_width - 2 * first, -2};
  p.across = 2;
  p.columns = w.channels * 2;
  p.second_only = w.padding_width % 2 != 0 ? p.depth : 0;
  return direct_finished(p);
}

}  // namespace quern
