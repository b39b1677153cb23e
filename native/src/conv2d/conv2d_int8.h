// What the convolutions of bytes share.
#pragma once

#include <algorithm>
#include <cstring>

#include "conv2d/conv2d.h"
#include "kernels/int8.h"

namespace quern {

// Sums of more could exceed 32 bits: 65536 * 255 * 127 fits.
constexpr int64_t kMostInt8Inputs = 65536;

inline int64_t round_up(int64_t a, int64_t b) { return (a + b - 1) / b * b; }

// Of the channels from `channel` on; add points to where dst does.
inline Int8Post int8_post(const Conv2d& c, const Post& post, int64_t channel) {
  Int8Post p{};
  p.scale = post.scale + channel;
  p.shift = post.shift + channel;
  p.low = post.low;
  p.high = post.high;
  p.to_bytes = c.types.dst == QUERN_U8;
  p.zero = static_cast<int32_t>(post.dst_zero);
  p.add_zero = static_cast<float>(post.add_zero);
  p.add_scale = post.add_scale;
  return p;
}

// So many elements of dst on.
inline const void* int8_at(const Conv2d& c, const void* dst, int64_t elements) {
  return dst == nullptr ? nullptr : static_cast<const char*>(dst) + elements * (c.types.dst == QUERN_U8 ? 1 : 4);
}
inline void* int8_at(const Conv2d& c, void* dst, int64_t elements) {
  return static_cast<char*>(dst) + elements * (c.types.dst == QUERN_U8 ? 1 : 4);
}

// Sums begin with what zero points, and kernels that read another byte than there is, add to them.
inline int32_t int8_start(const Conv2d& c, int64_t weights_sum) {
  return static_cast<int32_t>((int8_kernels()->less - c.src_zero) * weights_sum);
}

}  // namespace quern
