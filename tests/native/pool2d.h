// What the tests of max_pool2d and avg_pool2d share: descriptors, awkward cases, and what both refuse.
#pragma once

#include "image.h"

inline quern_pool2d pool(int64_t n, int64_t c, int64_t h, int64_t w, int64_t kernel, int64_t stride,
                         int64_t padding = 0) {
  return {n, c, h, w, kernel, kernel, stride, stride, padding, padding, padding, padding, 1, 1, 0, 0, c, c};
}

inline quern_pool2d ceiled(quern_pool2d d) {
  d.ceil_mode = 1;
  return d;
}

inline quern_pool2d dilated(quern_pool2d d, int64_t height, int64_t width) {
  d.dilation_height = height;
  d.dilation_width = width;
  return d;
}

inline quern_pool2d padded(quern_pool2d d, int64_t left, int64_t right, int64_t top, int64_t bottom) {
  d.padding_left = left, d.padding_right = right, d.padding_top = top, d.padding_bottom = bottom;
  return d;
}

// Any padding that windows may have: with the kernel and the dilation set, nothing of either is all padding.
inline quern_pool2d padded_somehow(quern_pool2d d, Random* r) {
  const int64_t height = d.dilation_height * (d.kernel_height - 1), width = d.dilation_width * (d.kernel_width - 1);
  return padded(d, r->between(0, width), r->between(0, width), r->between(0, height), r->between(0, height));
}

inline quern_pool2d pitched(quern_pool2d d, int64_t src_gap, int64_t dst_gap) {
  d.src_pitch += src_gap;
  d.dst_pitch += dst_gap;
  return d;
}

// Windows along one axis, counted one by one: each must fit the padded input; with ceil mode it must only start within
// the input or the padding before it (as in PyTorch).
inline int64_t pool_windows(int64_t in, int64_t kernel, int64_t stride, int64_t padding, int64_t end, int64_t dilation,
                            bool ceil) {
  const int64_t span = dilation * (kernel - 1) + 1;
  int64_t n = 0;
  while (n * stride + span <= in + padding + end) n++;
  // ceil mode adds the one window that hangs over the end
  const bool rest = n > 0 && (n - 1) * stride + span < in + padding + end;
  return n + (ceil && rest && n * stride < in + padding ? 1 : 0);
}

inline int64_t out_height(const quern_pool2d& d) {
  return pool_windows(d.in_height, d.kernel_height, d.stride_height, d.padding_top, d.padding_bottom, d.dilation_height,
                      d.ceil_mode);
}
inline int64_t out_width(const quern_pool2d& d) {
  return pool_windows(d.in_width, d.kernel_width, d.stride_width, d.padding_left, d.padding_right, d.dilation_width,
                      d.ceil_mode);
}

inline Image pool_src(const quern_pool2d& d, Guard side) {
  return {d.batch, d.in_height, d.in_width, d.channels, d.src_pitch, side};
}
inline Image pool_dst(const quern_pool2d& d, Guard side) {
  return {d.batch, out_height(d), out_width(d), d.channels, d.dst_pitch, side};
}

inline void in_pool_case(const quern_pool2d& d, uint64_t seed) {
  in_case(
      "%lldx%lldx%lldx%lld, kernel %lldx%lld, stride %lldx%lld, padding %lld %lld %lld %lld, dilation %lldx%lld, ceil "
      "%lld, "
      "count pad %lld, pitch %lld to %lld, seed %llu",
      (long long)d.batch, (long long)d.channels, (long long)d.in_height, (long long)d.in_width,
      (long long)d.kernel_height, (long long)d.kernel_width, (long long)d.stride_height, (long long)d.stride_width,
      (long long)d.padding_left, (long long)d.padding_right, (long long)d.padding_top, (long long)d.padding_bottom,
      (long long)d.dilation_height, (long long)d.dilation_width, (long long)d.ceil_mode, (long long)d.count_include_pad,
      (long long)d.src_pitch, (long long)d.dst_pitch, (unsigned long long)seed);
}

// check(descriptor, seed) for awkward cases: one window, odd ends, ceil mode, pitches, vector widths, random ones.
template <typename Check>
void each_pool_case(Check&& check) {
  check(pool(1, 1, 1, 1, 1, 1), 1);
  check(pool(2, 3, 8, 8, 2, 2), 1);
  check(pool(2, 3, 7, 9, 2, 2), 1);                    // the last row and column fall off
  check(ceiled(pool(2, 3, 7, 9, 2, 2)), 1);            // or do not
  check(ceiled(pool(1, 2, 5, 5, 2, 3, 1)), 1);         // a last window that would start in the padding
  check(pitched(pool(2, 5, 6, 6, 3, 2, 1), 3, 2), 1);  // as in ResNet
  check(pool(2, 4, 5, 5, 5, 1), 1);                    // global
  check(pool(2, 2, 9, 9, 2, 4), 1);                    // pixels that no window sees
  check(pool(0, 2, 4, 4, 2, 2), 1);                    // no image at all
  check(pool(3, 17, 40, 40, 3, 1, 1), 1);              // several pieces
  for (int64_t c : {7, 8, 9, 15, 16, 17, 31, 33}) check(pitched(pool(1, c, 4, 5, 2, 1, 1), 1, 0), 1);
  check(padded(pool(2, 3, 8, 9, 3, 2), 0, 1, 0, 1), 1);                 // as TensorFlow's "same" has it
  check(padded(pool(2, 17, 6, 5, 3, 1), 2, 0, 1, 2), 1);                // more than half of the kernel
  check(ceiled(padded(pool(1, 9, 5, 6, 4, 3), 3, 1, 0, 3)), 1);         // ceil mode goes beyond that
  check(padded(pool(2, 1, 6, 8, 2, 2), 0, 0, 0, 1), 1);                 // tiles, and padding that nobody sees
  check(padded(pool(1, 1, 5, 7, 2, 2), 0, 1, 0, 1), 1);                 // the last tiles reach over the end
  check(dilated(pool(2, 3, 9, 9, 3, 1, 1), 2, 1), 1);                   // dilations
  check(dilated(pool(2, 9, 8, 11, 2, 2), 3, 2), 2);                     //
  check(ceiled(dilated(pool(1, 4, 10, 9, 3, 2, 1), 2, 3)), 3);          //
  check(padded(dilated(pool(1, 2, 7, 6, 3, 1), 3, 2), 4, 1, 6, 0), 4);  //
  check(dilated(pool(1, 2, 1, 1, 2, 1, 1), 2, 2), 4);                   // a window that steps over the one pixel
  for (uint64_t seed = 1; seed <= 90; seed++) {
    Random r(seed);
    quern_pool2d d = pool(r.between(1, 3), r.between(1, 9), r.between(1, 9), r.between(1, 9), 1, 1);
    d.kernel_height = r.between(1, 4), d.kernel_width = r.between(1, 4);
    d.stride_height = r.between(1, 3), d.stride_width = r.between(1, 3);
    if (seed > 60) d = dilated(d, r.between(1, 3), r.between(1, 3));
    d = padded_somehow(d, &r);
    d.ceil_mode = r.between(0, 1);
    if (out_height(d) == 0 || out_width(d) == 0) continue;
    check(pitched(d, r.between(0, 3), r.between(0, 3)), seed);
  }
}

// call(descriptor) for each function of the operator: each must refuse before it touches a buffer.
template <typename Calls>
void pool_refused(int status, const char* text, const quern_pool2d& d, Calls&& calls) {
  in_case("refusal \"%s\"", text);
  for (const auto& call : calls) CHECK_REFUSED(status, text, call(&d));
  in_case("%s", "");
}

template <typename Calls>
void pool_fields_out_of_range(const Calls& calls) {
  const quern_pool2d good = pool(2, 4, 6, 6, 2, 2);
  const struct {
    int64_t quern_pool2d::*field;
    const char* name;
    int64_t least, most;
  } fields[] = {{&quern_pool2d::batch, "batch", 0, INT32_MAX},
                {&quern_pool2d::channels, "channels", 1, INT32_MAX},
                {&quern_pool2d::in_height, "in_height", 1, INT32_MAX},
                {&quern_pool2d::in_width, "in_width", 1, INT32_MAX},
                {&quern_pool2d::kernel_height, "kernel_height", 1, INT32_MAX},
                {&quern_pool2d::kernel_width, "kernel_width", 1, INT32_MAX},
                {&quern_pool2d::stride_height, "stride_height", 1, INT32_MAX},
                {&quern_pool2d::stride_width, "stride_width", 1, INT32_MAX},
                {&quern_pool2d::padding_top, "padding", 0, 1},
                {&quern_pool2d::padding_left, "padding", 0, 1},
                {&quern_pool2d::padding_bottom, "padding", 0, 1},
                {&quern_pool2d::padding_right, "padding", 0, 1},
                {&quern_pool2d::dilation_height, "dilation_height", 1, INT32_MAX},
                {&quern_pool2d::dilation_width, "dilation_width", 1, INT32_MAX},
                {&quern_pool2d::ceil_mode, "ceil_mode", 0, 1},
                {&quern_pool2d::count_include_pad, "count_include_pad", 0, 1},
                {&quern_pool2d::src_pitch, "src_pitch", 4, INT32_MAX},
                {&quern_pool2d::dst_pitch, "dst_pitch", 4, INT32_MAX}};
  for (const auto& f : fields) {
    for (int64_t bad : {f.least - 1, int64_t{-1}, INT64_MIN, f.most + 1, INT64_MAX}) {
      quern_pool2d d = good;
      d.*f.field = bad;
      pool_refused(QUERN_INVALID_ARGUMENT, f.name, d, calls);
    }
  }
}

template <typename Calls>
void pool_shapes(const Calls& calls) {
  constexpr int64_t kMost = INT32_MAX;
  pool_refused(QUERN_INVALID_SHAPE, "kernel 4x4 does not fit", pool(1, 1, 3, 3, 4, 1), calls);
  for (int64_t batch : {int64_t{0}, int64_t{1}, kMost}) {
    pool_refused(QUERN_INVALID_SHAPE, "more than 2^53", pitched(pool(batch, 1, kMost, 1, 1, 1), kMost - 1, 0), calls);
    pool_refused(QUERN_INVALID_SHAPE, "more than 2^53", pitched(pool(batch, 1, kMost, 1, 1, 1), 0, kMost - 1), calls);
  }
  for (int64_t batch : {0, 1}) {  // more than 2^31 - 1 pixels: indices have 32 bits
    pool_refused(QUERN_INVALID_ARGUMENT, "pixels of an image", pool(batch, 1, 1 << 16, 1 << 15, 1, 1), calls);
  }
  for (const auto& call : calls) CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", call(nullptr));
}
