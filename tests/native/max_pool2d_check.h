// max_pool2d against plain loops: values, indices, ties, NaN.
#pragma once

#include <algorithm>
#include <vector>

#include "pool2d.h"

namespace of_max_pool2d {

inline constexpr float kMinusInfinity = -INFINITY;

struct Maximum {
  float value = kMinusInfinity;
  int64_t at = -1;  // y * width + x; -1 where the window sees no pixel
};

// The first of equals wins, and a NaN (the last one) over everything.
inline Maximum maximum(const quern_pool2d& d, const Image& src, int64_t image, int64_t row, int64_t column, int64_t c) {
  Maximum m;
  for (int64_t ky = 0; ky < d.kernel_height; ky++) {
    for (int64_t kx = 0; kx < d.kernel_width; kx++) {
      const int64_t y = row * d.stride_height - d.padding_top + ky * d.dilation_height;
      const int64_t x = column * d.stride_width - d.padding_left + kx * d.dilation_width;
      if (y < 0 || y >= d.in_height || x < 0 || x >= d.in_width) continue;
      const float value = src.at(src.pixel(image, y, x), c);
      if (m.at < 0 || value > m.value || std::isnan(value)) m = {value, y * d.in_width + x};
    }
  }
  return m;
}

inline bool same_value(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

struct Run {
  Image dst, inference, diff_src;  // inference: without indices
  Guarded<int32_t> indices;

  Run(const quern_pool2d& d, Guard side)
      : dst(pool_dst(d, side)),
        inference(pool_dst(d, side)),
        diff_src(pool_src(d, side)),
        indices(dst.elements(), side) {}

  void run(const quern_pool2d& d, const Image& src, const Image& diff_dst) {
    CHECK_OK(quern_max_pool2d_forward(&d, src.data(), dst.data(), indices.data()));
    CHECK(ran("max_pool2d"));
    CHECK_OK(quern_max_pool2d_forward(&d, src.data(), inference.data(), nullptr));
    CHECK_OK(quern_max_pool2d_backward(&d, diff_dst.data(), indices.data(), diff_src.data()));
  }
};

inline void compare(const quern_pool2d& d, const Image& src, const Image& diff_dst, Values kind, const Run& got) {
  std::vector<Sum> diff_src(static_cast<size_t>(src.elements()));
  for (int64_t p = 0; p < got.dst.pixels(); p++) {
    const int64_t image = p / (got.dst.h * got.dst.w);
    for (int64_t c = 0; c < d.channels; c++) {
      const Maximum m = maximum(d, src, image, p / got.dst.w % got.dst.h, p % got.dst.w, c);
      CHECK(same_value(got.dst.at(p, c), m.value));
      CHECK(same_value(got.inference.at(p, c), m.value));
      CHECK(got.indices[p * d.channels + c] == m.at);
      if (m.at < 0) continue;
      const int64_t pixel = image * d.in_height * d.in_width + m.at;
      diff_src[static_cast<size_t>(pixel * d.channels + c)].add(diff_dst.at(p, c));
    }
  }
  for (int64_t e = 0; e < src.elements(); e++) {
    CHECK(close_to(got.diff_src.at(e / src.c, e % src.c), diff_src[static_cast<size_t>(e)], kind));
  }
  CHECK(got.dst.gaps_untouched() && got.inference.gaps_untouched() && got.diff_src.gaps_untouched());
}

inline void check_on(const quern_pool2d& d, const Image& src, Values kind, Guard side) {
  Image diff_dst = pool_dst(d, side);
  Random random(7);
  diff_dst.fill(&random, kind);
  CHECK_OK(quern_set_threads(1));
  Run one(d, side), three(d, side);
  one.run(d, src, diff_dst);
  compare(d, src, diff_dst, kind, one);
  CHECK_OK(quern_set_threads(many_threads));
  three.run(d, src, diff_dst);
  CHECK(three.dst.same_bits(one.dst) && three.diff_src.same_bits(one.diff_src));
}

// The same windows of bfloat16: the maxima of float32 of the same values.
inline void check_bf16(quern_pool2d d, const Image& src, Guard side) {
  Guarded<uint16_t> from(src.memory.size(), side);
  Image rounded = pool_src(d, side), wanted = pool_dst(d, side);
  Guarded<uint16_t> dst(wanted.memory.size(), side);
  CHECK_OK(quern_cast(from.size(), QUERN_F32, src.data(), QUERN_BF16, from.data()));
  CHECK_OK(quern_cast(from.size(), QUERN_BF16, from.data(), QUERN_F32, rounded.data()));
  CHECK_OK(quern_max_pool2d_forward(&d, rounded.data(), wanted.data(), nullptr));
  d.src_type = d.dst_type = QUERN_BF16;
  CHECK_OK(quern_max_pool2d_forward(&d, from.data(), dst.data(), nullptr));
  for (int64_t i = 0; i < dst.size(); i++) {
    const uint32_t word = uint32_t{dst[i]} << 16;
    float value;
    std::memcpy(&value, &word, sizeof value);
    const bool gap = i % d.dst_pitch >= d.channels;
    CHECK(gap ? dst[i] == (kCanary << 8 | kCanary) : same_value(value, wanted.memory[i]));
  }
}

// The same windows of bytes.
inline void check_bytes(quern_pool2d d, Random* r, Guard side) {
  d.src_type = d.dst_type = QUERN_U8;
  const int64_t ins = d.batch * d.in_height * d.in_width, outs = d.batch * out_height(d) * out_width(d);
  Guarded<uint8_t> src(ins == 0 ? 0 : (ins - 1) * d.src_pitch + d.channels, side);
  Guarded<uint8_t> dst(outs == 0 ? 0 : (outs - 1) * d.dst_pitch + d.channels, side);
  for (uint8_t& b : src) b = static_cast<uint8_t>(r->between(0, 255));
  CHECK_OK(quern_max_pool2d_forward(&d, src.data(), dst.data(), nullptr));
  for (int64_t p = 0; p < outs; p++) {
    const int64_t n = p / (out_height(d) * out_width(d)), row = p / out_width(d) % out_height(d), x0 = p % out_width(d);
    for (int64_t c = 0; c < d.dst_pitch && p * d.dst_pitch + c < dst.size(); c++) {
      uint8_t best = c < d.channels ? 0 : kCanary;
      for (int64_t tap = 0; c < d.channels && tap < d.kernel_height * d.kernel_width; tap++) {
        const int64_t y = row * d.stride_height - d.padding_top + tap / d.kernel_width * d.dilation_height;
        const int64_t x = x0 * d.stride_width - d.padding_left + tap % d.kernel_width * d.dilation_width;
        if (y < 0 || y >= d.in_height || x < 0 || x >= d.in_width) continue;
        best = std::max(best, src[((n * d.in_height + y) * d.in_width + x) * d.src_pitch + c]);
      }
      CHECK(dst[p * d.dst_pitch + c] == best);
    }
  }
}

}  // namespace of_max_pool2d
