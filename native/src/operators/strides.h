// Shared code of operators on strided tensors: checks, and the iteration over all elements.
#pragma once

#include <algorithm>
#include <cstring>

#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {

// Numbers that are copied in one piece of work.
constexpr int64_t kCopied = 16384;
constexpr int64_t kMostAxes = 8, kMostPlaced = kMostAxes + 3;  // with axes of size 1 that a walk needs

// Checks a tensor of up to kMostAxes axes: no stride is negative, and the last element is within 2^53 of the first.
int check_strides(const char* op, const char* what, int64_t axes, const int64_t* sizes,
                  const int64_t* strides) noexcept;
// The number of elements of such a tensor, and that there are 1 to kMostAxes axes.
int check_sizes(const char* op, int64_t axes, const int64_t* sizes, int64_t* elements) noexcept;

// Axes that are walked along on two sides. Those of size 1 are left out, and neighbors joined that are one axis on
// both sides.
struct Strides {
  int64_t count = 0, joinable = 0;  // axes from there on may be joined
  int64_t size[kMostPlaced], src[kMostPlaced], dst[kMostPlaced];

  void add(int64_t n, int64_t src_stride, int64_t dst_stride) noexcept {
    if (n == 1) return;
    if (count > joinable && src[count - 1] == n * src_stride && dst[count - 1] == n * dst_stride) {
      size[count - 1] *= n;
      src[count - 1] = src_stride;
      dst[count - 1] = dst_stride;
      return;
    }
    push(n, src_stride, dst_stride);
  }
  // An axis that is joined with no other.
  void add_apart(int64_t n, int64_t src_stride, int64_t dst_stride) noexcept {
    push(n, src_stride, dst_stride);
    joinable = count;
  }
  // Makes this axis the last; the others keep their order.
  void to_end(int64_t axis) noexcept {
    for (int64_t* of : {size, src, dst}) std::rotate(of + axis, of + axis + 1, of + count);
  }
  // The first axis whose neighbors are neighbors in memory, or -1.
  int64_t unit(const int64_t* strides) const noexcept {
    for (int64_t i = 0; i < count; i++) {
      if (strides[i] == 1) return i;
    }
    return -1;
  }

 private:
  void push(int64_t n, int64_t src_stride, int64_t dst_stride) noexcept {
    size[count] = n;
    src[count] = src_stride;
    dst[count++] = dst_stride;
  }
};

// Part of the plane of the last two axes: where it begins on every axis, rows and numbers a row, and elements from the
// tensors' first to its own.
struct Plane {
  int64_t at[kMostPlaced];
  int64_t rows, n, from, to;
};

// Calls body for planes that together are all; two axes at least. Rows are cut at `widest`; a piece of work has about
// `grain` numbers.
template <typename Body>
void each_plane(const Strides& s, int64_t grain, int64_t widest, Body&& body) noexcept {
  const int64_t row = s.count - 2, step = s.count - 1;
  const int64_t width = std::min(s.size[step], widest), height = std::min(s.size[row], grain / width + 1);
  const int64_t across = divide_up(s.size[step], width), down = divide_up(s.size[row], height);
  int64_t planes = across * down;
  for (int64_t i = 0; i < row; i++) planes *= s.size[i];
  parallel_ranges(planes, grain / (width * height) + 1, [&](int64_t begin, int64_t end) {
    for (; begin < end; begin++) {
      Plane p;
      int64_t rest = begin;
      p.at[step] = rest % across * width;
      rest /= across;
      p.at[row] = rest % down * height;
      rest /= down;
      for (int64_t i = row - 1; i >= 0; rest /= s.size[i], i--) p.at[i] = rest % s.size[i];
      p.rows = std::min(height, s.size[row] - p.at[row]);
      p.n = std::min(width, s.size[step] - p.at[step]);
      p.from = p.to = 0;
      for (int64_t i = 0; i < s.count; i++) {
        p.from += p.at[i] * s.src[i];
        p.to += p.at[i] * s.dst[i];
      }
      body(p);
    }
  });
}

// A row of numbers; a short one is copied before memcpy has found out how.
inline void copy_run(int64_t n, const float* src, int64_t src_step, float* dst, int64_t dst_step) noexcept {
  if (src_step == 1 && dst_step == 1 && n >= 16) {
    std::memcpy(dst, src, sizeof(float) * static_cast<size_t>(n));
    return;
  }
  for (int64_t i = 0; i < n; i++) dst[i * dst_step] = src[i * src_step];
}

}  // namespace quern
