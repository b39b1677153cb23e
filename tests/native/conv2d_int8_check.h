// conv2d of bytes against plain loops of whole numbers: not a bit may differ, whatever the instruction set.
#pragma once

#include <string>

#include "conv2d_check.h"

namespace of_conv2d_int8 {

struct Post {
  bool to_bytes, add;
  int64_t dst_zero, add_zero;
};

inline quern_conv2d bytes_of(quern_conv2d d, int64_t zero, bool to_bytes) {
  d.inference = 1;
  d.src_type = QUERN_U8;
  d.weights_type = QUERN_S8;
  d.dst_type = to_bytes ? QUERN_U8 : QUERN_F32;
  d.src_zero = zero;
  return d;
}

struct Problem {
  quern_conv2d d;
  Post how;
  Guarded<uint8_t> src, add_bytes;
  Guarded<int8_t> bytes;
  Guarded<int16_t> wide;  // weights of two bytes
  Guarded<float> scale, shift, add;
  quern_post_ops post;

  static int64_t outputs(const quern_conv2d& d) {
    const int64_t rows = d.batch * out_height(d) * out_width(d);
    return rows == 0 ? 0 : (rows - 1) * d.dst_pitch + d.out_channels;
  }
  static int64_t inputs(const quern_conv2d& d) {
    const int64_t rows = d.batch * d.in_height * d.in_width;
    return rows == 0 ? 0 : (rows - 1) * d.src_pitch + d.in_channels;
  }

  Problem(const quern_conv2d& desc, const Post& h, Guard side, uint64_t seed)
      : d(desc),
        how(h),
        src(inputs(desc), side),
        add_bytes(h.to_bytes ? outputs(desc) : 0, side),
        bytes(desc.weights_type == QUERN_S8 ? weight_count(desc) : 0, side),
        wide(desc.weights_type == QUERN_S8 ? 0 : weight_count(desc), side),
        scale(desc.out_channels, side),
        shift(desc.out_channels, side),
        add(h.to_bytes ? 0 : outputs(desc), side),
        post{} {
    uint64_t state = seed * 2654435761u + 1;
    const auto next = [&state] {
      state = state * 6364136223846793005ull + 1442695040888963407ull;
      return static_cast<uint32_t>(state >> 33);
    };
    // the largest values together, so that what saturates is found
    const bool extreme = seed % 3 == 0;
    for (uint8_t& b : src) b = static_cast<uint8_t>(extreme ? 255 : next() % 256);
    for (int8_t& w : bytes)
      w = static_cast<int8_t>(extreme ? (next() % 8 == 0 ? -127 : 127) : static_cast<int>(next() % 255) - 127);
    // few are beyond a byte, so that blocks have none
    for (int16_t& w : wide) {
      const int most = extreme || next() % 40 == 0 ? 254 : 127;
      w = static_cast<int16_t>(extreme ? (next() % 8 == 0 ? -most : most)
                                       : static_cast<int>(next() % (2 * most + 1)) - most);
    }
    for (uint8_t& b : add_bytes) b = static_cast<uint8_t>(next() % 256);
    for (float& v : add) v = static_cast<float>(next() % 2001) - 1000.0f;
    const double spread = 40.0 / std::sqrt(static_cast<double>(weight_count(d) / d.out_channels)) / 9000.0;
    for (float& v : scale) v = static_cast<float>(spread * (0.25 + next() % 1000 / 1000.0));
    for (float& v : shift) v = static_cast<float>(next() % 2001) / 31.0f - 30.0f;
    post.scale = scale.data();
    post.shift = shift.data();
    post.low = h.to_bytes ? static_cast<float>(-h.dst_zero) : -INFINITY;
    post.high = h.to_bytes ? static_cast<float>(255 - h.dst_zero) : 900.0f;
    if (h.add) post.add = h.to_bytes ? static_cast<const void*>(add_bytes.data()) : add.data();
    post.dst_zero = h.to_bytes ? h.dst_zero : 0;
    post.add_zero = h.add_zero;
    post.add_scale = 0.37f;
  }

  const void* weights() const {
    return d.weights_type == QUERN_S8 ? static_cast<const void*>(bytes.data()) : wide.data();
  }
  int64_t weight(int64_t i) const { return d.weights_type == QUERN_S8 ? bytes[i] : wide[i]; }

  // Each operation rounded, as the header says.
  float wanted(int64_t n, int64_t y, int64_t x, int64_t o) const {
    const int64_t per_in = d.in_channels / d.groups, per_out = d.out_channels / d.groups, group = o / per_out;
    int64_t sum = 0;
    for (int64_t ky = 0; ky < d.kernel_height; ky++) {
      for (int64_t kx = 0; kx < d.kernel_width; kx++) {
        const int64_t sy = y * d.stride_height - d.padding_height + ky * d.dilation_height;
        const int64_t sx = x * d.stride_width - d.padding_width + kx * d.dilation_width;
        if (sy < 0 || sy >= d.in_height || sx < 0 || sx >= d.in_width) continue;
        for (int64_t i = 0; i < per_in; i++) {
          const int64_t value = src[((n * d.in_height + sy) * d.in_width + sx) * d.src_pitch + group * per_in + i];
          sum += (value - d.src_zero) * weight(((o * per_in + i) * d.kernel_height + ky) * d.kernel_width + kx);
        }
      }
    }
    const int64_t at = ((n * out_height(d) + y) * out_width(d) + x) * d.dst_pitch + o;
    float value = static_cast<float>(sum) * scale[o];
    value = value + shift[o];
    if (how.add && how.to_bytes) {
      const float added = (static_cast<float>(add_bytes[at]) - static_cast<float>(post.add_zero)) * post.add_scale;
      value = value + added;
    } else if (how.add) {
      value = value + add[at];
    }
    value = std::min(std::max(value, post.low), post.high);
    return how.to_bytes ? std::nearbyint(value) + static_cast<float>(post.dst_zero) : value;
  }
};

// In memory that was asked for `more` images than the problem has.
template <typename T>
void run(const Problem& p, const quern_conv2d& d, int64_t index, int threads, Guard side, Guarded<T>* dst,
         int64_t more = 0) {
  quern_conv2d forced = d, largest = d;
  forced.implementation = largest.implementation = index;
  largest.batch = p.d.batch + more;
  int64_t packed_bytes = 0, bytes = 0;
  CHECK_OK(quern_conv2d_packed_size(&forced, &packed_bytes));
  CHECK_OK(quern_set_threads(threads));
  CHECK_OK(quern_conv2d_workspace(&largest, &bytes));
  Packed packed(packed_bytes, side);
  CHECK_OK(quern_conv2d_pack(&forced, p.weights(), packed.data()));
  Guarded<char> memory(bytes, side, 64);
  CHECK_OK(
      quern_conv2d_forward(&forced, p.src.data(), packed.data(), nullptr, &p.post, dst->data(), memory.data(), bytes));
}

// A NaN, which scale, shift or what is added brings in, becomes any byte.
template <typename T>
bool right(T value, float wanted) {
  if (std::isnan(wanted)) return sizeof(T) == 1 || std::isnan(static_cast<float>(value));
  return static_cast<float>(value) == wanted;
}

template <typename T>
void check_as(const Problem& p, const char* name, Guard side, int64_t more = 0) {
  const int64_t index = index_of(name);
  if (quern_conv2d_accepts(&p.d, QUERN_FORWARD, index) != QUERN_OK) return;
  Guarded<T> one(Problem::outputs(p.d), side), many(Problem::outputs(p.d), side);
  run(p, p.d, index, 1, side, &one);
  run(p, p.d, index, many_threads, side, &many, more);
  CHECK(ran((std::string("conv2d:") + name).c_str()));
  CHECK(std::memcmp(one.data(), many.data(), sizeof(T) * static_cast<size_t>(one.size())) == 0);
  int64_t wrong = 0, gaps = 0;
  for (int64_t row = 0; row < p.d.batch * out_height(p.d) * out_width(p.d); row++) {
    const int64_t n = row / (out_height(p.d) * out_width(p.d)), y = row / out_width(p.d) % out_height(p.d);
    for (int64_t o = 0; o < p.d.out_channels; o++) {
      if (!right(one[row * p.d.dst_pitch + o], p.wanted(n, y, row % out_width(p.d), o))) wrong++;
    }
    for (int64_t o = p.d.out_channels; o < p.d.dst_pitch && row * p.d.dst_pitch + o < one.size(); o++) {
      unsigned char gap[sizeof(T)];
      std::memcpy(gap, &one[row * p.d.dst_pitch + o], sizeof gap);
      if (gap[0] != kCanary) gaps++;
    }
  }
  CHECK(wrong == 0);
  CHECK(gaps == 0);
  if (p.d.batch > 1) {  // a smaller batch: the same numbers, by the same packed weights and in as much memory
    quern_conv2d fewer = p.d;
    fewer.batch = p.d.batch - 1;
    Guarded<T> some(Problem::outputs(fewer), side);
    run(p, fewer, index, many_threads, side, &some);
    for (int64_t i = 0; i < some.size(); i++) {
      if (i % p.d.dst_pitch < p.d.out_channels) CHECK(some[i] == one[i] || (some[i] != some[i] && one[i] != one[i]));
    }
  }
}

// In the short suite two of the posts by turns, which shapes that follow one another share.
inline void check_bytes(const quern_conv2d& shape, uint64_t seed) {
  const int64_t zeros[] = {0, 255, 128, 3};
  const Post posts[] = {
      {true, false, 0, 0}, {false, true, 0, 0}, {true, true, 131, 17}, {false, false, 0, 0}, {true, false, 77, 0}};
  for (int i = 0; i < 5; i++) {
    if (!full_suite() && (seed + static_cast<uint64_t>(i)) % 5 > 1) continue;
    const Guard side = (seed + static_cast<uint64_t>(i)) % 2 == 0 ? Guard::After : Guard::Before;
    quern_conv2d d = bytes_of(shape, zeros[(seed + static_cast<uint64_t>(i)) % 4], posts[i].to_bytes);
    if ((seed / 2 + static_cast<uint64_t>(i)) % 3 == 1) d.weights_type = QUERN_S16;
    in_case(
        "%lldx%lldx%lldx%lld to %lld, kernel %lldx%lld, stride %lld, padding %lld, groups %lld, zero %lld, post %d, "
        "weights %lld",
        static_cast<long long>(d.batch), static_cast<long long>(d.in_channels), static_cast<long long>(d.in_height),
        static_cast<long long>(d.in_width), static_cast<long long>(d.out_channels),
        static_cast<long long>(d.kernel_height), static_cast<long long>(d.kernel_width),
        static_cast<long long>(d.stride_height), static_cast<long long>(d.padding_height),
        static_cast<long long>(d.groups), static_cast<long long>(d.src_zero), i,
        static_cast<long long>(d.weights_type));
    const Problem p(d, posts[i], side, seed + static_cast<uint64_t>(i));
    for (const char* name : {"int8", "int8_depthwise"}) {
      posts[i].to_bytes ? check_as<uint8_t>(p, name, side) : check_as<float>(p, name, side);
    }
  }
}

}  // namespace of_conv2d_int8
