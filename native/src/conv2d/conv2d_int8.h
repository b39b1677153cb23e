// Shared code of the int8 convolutions.
#pragma once

#include <algorithm>
#include <cstring>

#include "conv2d/conv2d.h"
#include "kernels/int8.h"

namespace quern {

// Sums of more could exceed 32 bits: 65536 * 255 * 127 fits.
constexpr int64_t kMostInt8Inputs = 65536;

// Weights of 16 bits are sums of two bytes, of which the second is nearly always 0. Kernels take first the first ones,
// then the second ones with the same inputs.
inline int64_t int8_parts(const Conv2d& c) { return c.types.weights == QUERN_S16 ? 2 : 1; }

struct Int8Weight {
  int8_t parts[2];
};

inline Int8Weight int8_weight(const Conv2d& c, const void* weights, int64_t i) {
  if (c.types.weights == QUERN_S8) return {{static_cast<const int8_t*>(weights)[i], 0}};
  const int value = static_cast<const int16_t*>(weights)[i], first = std::max(-127, std::min(127, value));
  return {{static_cast<int8_t>(first), static_cast<int8_t>(value - first)}};
}

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
