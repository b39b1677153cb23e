// Shared code of operators that change only height and width: checks and the split of the work.
#pragma once

#include "kernels/kernels.h"
#include "runtime/threads.h"
#include "runtime/types.h"

namespace quern {

int check_resize2d(const char* op, const quern_resize2d* d, bool pointers,
                   Elements elements = Elements::Floats) noexcept;
// Also checks that the output size is the input size plus the padding.
int check_pad2d(const char* op, const quern_resize2d* d, bool pointers) noexcept;

inline int64_t src_image(const quern_resize2d& d) { return d.in_height * d.in_width * d.src_pitch; }
inline int64_t dst_image(const quern_resize2d& d) { return d.out_height * d.out_width * d.dst_pitch; }

// Images or rows per piece: about 16 thousand floats of the larger side.
inline int64_t resize2d_grain(const quern_resize2d& d, int64_t per_image) noexcept {
  const int64_t floats = src_image(d) > dst_image(d) ? src_image(d) : dst_image(d);
  return 16384 / (floats / per_image + 1) + 1;
}

// body(image, row) for every row of images that have so many.
template <typename Body>
void each_row(const quern_resize2d& d, int64_t height, Body&& body) noexcept {
  parallel_ranges(d.batch * height, resize2d_grain(d, height), [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) body(r / height, r % height);
  });
}

template <typename Body>
void each_image(const quern_resize2d& d, Body&& body) noexcept {
  parallel_ranges(d.batch, resize2d_grain(d, 1), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) body(i);
  });
}

}  // namespace quern
