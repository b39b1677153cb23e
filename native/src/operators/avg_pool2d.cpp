#include <algorithm>

#include "operators/bytes.h"
#include "operators/pool2d.h"
#include "runtime/checks.h"

namespace quern {
namespace {
#include "kernels/pool_windows.inc"

// A row of windows of bytes, whose sums are multiplied by `unit` and divided by how many they are of.
void mean_row(const Pool2d& p, Int8Mean mean, double unit, int64_t zero, const uint8_t* image, int64_t row,
              uint8_t* dst) noexcept {
  const Windows& w = p.w;
  for (int64_t column = 0; column < w.out_width; column++) {
    const AvgWindow a = avg_window(w, p.avg, row, column);
    const bool none = a.counted == 0;
    mean.src = none ? image : image + (a.y_begin * w.in_width + a.x_begin) * w.src_pitch;
    mean.lines = none ? 0 : (a.y_end - a.y_begin) / w.dilation_height;
    mean.pixels = none ? 0 : (a.x_end - a.x_begin) / w.dilation_width;
    mean.less = static_cast<int32_t>(mean.lines * mean.pixels * zero);
    mean.scale = none ? 0.0f : static_cast<float>(unit / static_cast<double>(a.counted));
    mean.dst = dst + column * w.dst_pitch * (mean.to_bytes ? 1 : static_cast<int64_t>(sizeof(float)));
    int8_kernels()->mean(mean);
  }
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_avg_pool2d_forward(const quern_pool2d* pool, const void* src, void* dst) noexcept {
  Pool2d p;
  QUERN_TRY(prepare_pool2d("avg_pool2d", pool, &p));
  QUERN_TRY(check_pointers("avg_pool2d", src && dst));
  ran("avg_pool2d");
  each_row(p, [&](int64_t n, int64_t row) {
    kernels().avg_pool2d_forward(p.w, p.avg, f32(src) + n * p.in_image(), row,
                                 f32(dst) + n * p.out_image() + row * p.w.out_width * p.w.dst_pitch);
  });
  return QUERN_OK;
}

extern "C" int quern_avg_pool2d_backward(const quern_pool2d* pool, const void* diff_dst, void* diff_src) noexcept {
  Pool2d p;
  QUERN_TRY(prepare_pool2d("avg_pool2d", pool, &p));
  QUERN_TRY(check_pointers("avg_pool2d", diff_dst && diff_src));
  ran("avg_pool2d");
  each_image(p, [&](int64_t n) {
    kernels().avg_pool2d_backward(p.w, p.avg, f32(diff_dst) + n * p.out_image(), f32(diff_src) + n * p.in_image());
  });
  return QUERN_OK;
}

extern "C" int quern_avg_pool2d_bytes(const quern_pool2d* pool, const void* src, float src_scale, int64_t src_zero,
                                      void* dst, float dst_scale, int64_t dst_zero, int64_t low,
                                      int64_t high) noexcept {
  Pool2d p;
  QUERN_TRY(prepare_pool2d("avg_pool2d", pool, &p, Elements::OfBytes));
  QUERN_TRY(check_pointers("avg_pool2d", src && dst));
  const Windows& w = p.w;
  QUERN_TRY(
      check_byte_window("avg_pool2d", std::min(w.kernel_height, w.in_height), std::min(w.kernel_width, w.in_width)));
  const bool to_bytes = pool->dst_type == QUERN_U8;
  Int8Mean mean{};
  double unit;
  QUERN_TRY(
      prepare_mean("avg_pool2d", {src_scale, src_zero}, {dst_scale, dst_zero, low, high}, to_bytes, &mean, &unit));
  mean.line = w.dilation_height * w.in_width * w.src_pitch;
  mean.pixel = w.dilation_width * w.src_pitch;
  mean.channels = w.channels;
  ran("avg_pool2d");
  const int64_t row_bytes = w.out_width * w.dst_pitch * (to_bytes ? 1 : static_cast<int64_t>(sizeof(float)));
  each_row(p, [&](int64_t n, int64_t row) {
    mean_row(p, mean, unit, src_zero, static_cast<const uint8_t*>(src) + n * p.in_image(), row,
             static_cast<uint8_t*>(dst) + (n * w.out_height + row) * row_bytes);
  });
  return QUERN_OK;
}
