// Means, sums, tables and copies of bytes against their definitions, to the bit.
#pragma once

#include <algorithm>
#include <cmath>

#include "adaptive_avg_pool2d_check.h"
#include "avg_pool2d_check.h"
#include "guarded.h"
#include "numbers.h"
#include "quantize_check.h"

namespace of_bytes {

using of_quantize::Steps;

// What a float that counts steps becomes.
inline uint8_t byte(const Steps& to, float steps) {
  const auto low = static_cast<float>(to.low - to.zero), high = static_cast<float>(to.high - to.zero);
  return static_cast<uint8_t>(std::nearbyint(std::min(std::max(steps, low), high)) + static_cast<float>(to.zero));
}

inline void fill(Guarded<uint8_t>* bytes, Random* r) {
  for (uint8_t& b : *bytes)
    b = static_cast<uint8_t>(r->between(0, 7) == 0 ? 255 * r->between(0, 1) : r->between(0, 255));
}

inline int64_t extent(int64_t pixels, int64_t pitch, int64_t channels) {
  return pixels == 0 ? 0 : (pixels - 1) * pitch + channels;
}

// Bytes become bytes or floats, with one thread and with many; terms(image pixel p, body(pixel of the input)) returns
// how many there are to divide by.
template <typename D, typename Call, typename Terms>
void check_means(D d, int64_t ins, int64_t outs, Random* r, Guard side, Call&& call, Terms&& terms) {
  const Steps from = of_quantize::any_steps(r), to = of_quantize::any_steps(r);
  Guarded<uint8_t> src(extent(ins, d.src_pitch, d.channels), side);
  fill(&src, r);
  const int64_t size = extent(outs, d.dst_pitch, d.channels);
  Guarded<uint8_t> one(size, side), many(size, side);
  Guarded<float> floats(size, side);
  d.src_type = d.dst_type = QUERN_U8;
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(call(d, src.data(), from, one.data(), to));
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(call(d, src.data(), from, many.data(), to));
  d.dst_type = QUERN_F32;
  CHECK_OK(call(d, src.data(), from, floats.data(), to));
  for (int64_t p = 0; p < outs; p++) {
    for (int64_t c = 0; c < d.dst_pitch && p * d.dst_pitch + c < size; c++) {
      const int64_t at = p * d.dst_pitch + c;
      CHECK(many[at] == one[at]);
      if (c >= d.channels) {
        CHECK(one[at] == kCanary && std::isnan(floats[at]));
        continue;
      }
      int64_t sum = 0;
      const int64_t n = terms(p, [&](int64_t pixel) { sum += src[pixel * d.src_pitch + c] - from.zero; });
      const double unit = from.scale, finer = unit / static_cast<double>(to.scale);
      const auto factor = [&](double x) { return n == 0 ? 0.0f : static_cast<float>(x / static_cast<double>(n)); };
      CHECK(floats[at] == static_cast<float>(sum) * factor(unit));
      CHECK(one[at] == byte(to, static_cast<float>(sum) * factor(finer)));
    }
  }
}

inline void check_avg_pool2d(const quern_pool2d& d, Random* r, Guard side) {
  const int64_t height = out_height(d), width = out_width(d);
  check_means(
      d, d.batch * d.in_height * d.in_width, d.batch * height * width, r, side,
      [](const quern_pool2d& pool, const void* src, const Steps& from, void* dst, const Steps& to) {
        return quern_avg_pool2d_bytes(&pool, src, from.scale, from.zero, dst, to.scale, to.zero, to.low, to.high);
      },
      [&](int64_t p, auto&& body) {
        const int64_t image = p / (height * width) * d.in_height * d.in_width;
        bool any = false;
        const int64_t n = of_avg_pool2d::each_in_window(d, p / width % height, p % width, [&](int64_t y, int64_t x) {
          any = true;
          body(image + y * d.in_width + x);
        });
        return any ? n : 0;
      });
  CHECK(d.batch == 0 || ran("avg_pool2d"));
}

inline void check_adaptive_avg_pool2d(const quern_resize2d& d, Random* r, Guard side) {
  const int64_t height = d.out_height, width = d.out_width;
  check_means(
      d, d.batch * d.in_height * d.in_width, d.batch * height * width, r, side,
      [](const quern_resize2d& resize, const void* src, const Steps& from, void* dst, const Steps& to) {
        return quern_adaptive_avg_pool2d_bytes(&resize, src, from.scale, from.zero, dst, to.scale, to.zero, to.low,
                                               to.high);
      },
      [&](int64_t p, auto&& body) {
        const int64_t image = p / (height * width) * d.in_height * d.in_width;
        int64_t n = 0;
        for (int64_t y = 0; y < d.in_height; y++) {
          for (int64_t x = 0; x < d.in_width; x++) {
            if (!of_adaptive_avg_pool2d::inside(y, p / width % height, d.in_height, height)) continue;
            if (!of_adaptive_avg_pool2d::inside(x, p % width, d.in_width, width)) continue;
            n++;
            body(image + y * d.in_width + x);
          }
        }
        return n;
      });
}

inline void check_add(int64_t n, Random* r, Guard side) {
  const Steps of_a = of_quantize::any_steps(r), of_b = of_quantize::any_steps(r), to = of_quantize::any_steps(r);
  Guarded<uint8_t> a(n, side), b(n, side), one(n, side), many(n, side);
  fill(&a, r);
  fill(&b, r);
  const auto call = [&](void* dst) {
    return quern_add_bytes(n, a.data(), of_a.scale, of_a.zero, b.data(), of_b.scale, of_b.zero, dst, to.scale, to.zero,
                           to.low, to.high);
  };
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(call(one.data()));
  CHECK(ran("add"));
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(call(many.data()));
  const auto steps = [&](uint8_t q, const Steps& from) {
    const auto ratio = static_cast<float>(static_cast<double>(from.scale) / static_cast<double>(to.scale));
    return static_cast<float>(q - from.zero) * ratio;
  };
  for (int64_t i = 0; i < n; i++) {
    const float x = steps(a[i], of_a), y = steps(b[i], of_b);
    CHECK(one[i] == byte(to, x + y) && many[i] == one[i]);
  }
}

inline void check_multiply(int64_t batch, int64_t pixels, int64_t other_pixels, int64_t channels, Random* r,
                           Guard side) {
  const Steps of_a = of_quantize::any_steps(r), of_b = of_quantize::any_steps(r), to = of_quantize::any_steps(r);
  const int64_t n = batch * pixels * channels;
  Guarded<uint8_t> a(n, side), b(batch * other_pixels * channels, side), one(n, side), many(n, side);
  fill(&a, r);
  fill(&b, r);
  const auto call = [&](void* dst) {
    return quern_multiply_bytes(batch, pixels, other_pixels, channels, a.data(), of_a.scale, of_a.zero, b.data(),
                                of_b.scale, of_b.zero, dst, to.scale, to.zero, to.low, to.high);
  };
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(call(one.data()));
  CHECK(ran("multiply"));
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(call(many.data()));
  const auto factor = static_cast<float>(static_cast<double>(of_a.scale) * static_cast<double>(of_b.scale) /
                                         static_cast<double>(to.scale));
  for (int64_t i = 0; i < n; i++) {
    const int64_t c = i % channels, image = i / channels / pixels;
    const int64_t at = other_pixels == pixels ? i : image * channels + c;
    const auto product = static_cast<float>((a[i] - of_a.zero) * (b[at] - of_b.zero));
    CHECK(one[i] == byte(to, product * factor) && many[i] == one[i]);
  }
}

inline void check_lookup(int64_t n, Random* r, Guard side) {
  Guarded<uint8_t> src(n, side), table(256, side), dst(n, side);
  for (uint8_t& b : table) b = static_cast<uint8_t>(r->between(0, 255));
  for (int64_t i = 0; i < n; i++) src[i] = static_cast<uint8_t>(i < 256 ? i : r->between(0, 255));
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(quern_lookup(n, src.data(), table.data(), dst.data()));
  CHECK(ran("lookup"));
  for (int64_t i = 0; i < n; i++) CHECK(dst[i] == table[src[i]]);
  CHECK_OK(quern_lookup(n, src.data(), table.data(), src.data()));
  CHECK(n == 0 || std::memcmp(src.data(), dst.data(), static_cast<size_t>(n)) == 0);
}

inline void check_upsample_nearest2d(quern_resize2d d, Random* r, Guard side) {
  const int64_t outs = d.batch * d.out_height * d.out_width;
  Guarded<uint8_t> src(extent(d.batch * d.in_height * d.in_width, d.src_pitch, d.channels), side);
  Guarded<uint8_t> dst(extent(outs, d.dst_pitch, d.channels), side);
  fill(&src, r);
  d.src_type = d.dst_type = QUERN_U8;
  CHECK_OK(quern_upsample_nearest2d_forward(&d, src.data(), dst.data()));
  for (int64_t at = 0; at < dst.size(); at++) {
    const int64_t p = at / d.dst_pitch, c = at % d.dst_pitch;
    const int64_t n = p / (d.out_height * d.out_width), y = p / d.out_width % d.out_height, x = p % d.out_width;
    const int64_t from = (n * d.in_height + y * d.in_height / d.out_height) * d.in_width + x * d.in_width / d.out_width;
    CHECK(dst[at] == (c < d.channels ? src[from * d.src_pitch + c] : kCanary));
  }
}

}  // namespace of_bytes
