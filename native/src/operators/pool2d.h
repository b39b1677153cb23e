// Shared code of max_pool2d and avg_pool2d: checks and the split of the work.
#pragma once

#include "kernels/kernels.h"
#include "runtime/threads.h"
#include "runtime/types.h"

namespace quern {

struct Pool2d {
  Windows w;
  int64_t batch;
  AvgPadding avg;
  int64_t in_image() const { return w.in_height * w.in_width * w.src_pitch; }
  int64_t out_image() const { return w.out_height * w.out_width * w.dst_pitch; }
};

int prepare_pool2d(const char* op, const quern_pool2d* desc, Pool2d* out,
                   Elements elements = Elements::Floats) noexcept;

// body(image, row) for every row of output pixels, about 16 thousand window reads a piece.
template <typename Body>
void each_row(const Pool2d& p, Body&& body) noexcept {
  const int64_t reads = p.w.out_width * p.w.channels * p.w.kernel_height * p.w.kernel_width;
  parallel_ranges(p.batch * p.w.out_height, 16384 / reads + 1, [&](int64_t begin, int64_t end) {
    for (int64_t r = begin; r < end; r++) body(r / p.w.out_height, r % p.w.out_height);
  });
}

template <typename Body>
void each_image(const Pool2d& p, Body&& body) noexcept {
  parallel_ranges(p.batch, 16384 / (p.in_image() + 1) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) body(i);
  });
}

}  // namespace quern
