#include <algorithm>

#include "operators/bytes.h"
#include "operators/resize2d.h"
#include "runtime/checks.h"

namespace quern {
namespace {
#include "kernels/pool_windows.inc"

// A row of windows of bytes, whose sums are multiplied by `unit` and divided by how many they are of.
void mean_row(const quern_resize2d& d, Int8Mean mean, double unit, int64_t zero, const uint8_t* image, int64_t row,
              uint8_t* dst) noexcept {
  const AdaptiveSpan ys = adaptive_span(row, d.in_height, d.out_height);
  mean.lines = ys.end - ys.begin;
  for (int64_t column = 0; column < d.out_width; column++) {
    const AdaptiveSpan xs = adaptive_span(column, d.in_width, d.out_width);
    mean.src = image + (ys.begin * d.in_width + xs.begin) * d.src_pitch;
    mean.pixels = xs.end - xs.begin;
    mean.less = static_cast<int32_t>(mean.lines * mean.pixels * zero);
    mean.scale = static_cast<float>(unit / static_cast<double>(mean.lines * mean.pixels));
    mean.dst = dst + column * d.dst_pitch * (mean.to_bytes ? 1 : static_cast<int64_t>(sizeof(float)));
    int8_kernels()->mean(mean);
  }
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_adaptive_avg_pool2d_forward(const quern_resize2d* resize, const void* src, void* dst) noexcept {
  QUERN_TRY(check_resize2d("adaptive_avg_pool2d", resize, src && dst));
  ran("adaptive_avg_pool2d");
  const quern_resize2d& d = *resize;
  each_row(d, d.out_height, [&](int64_t n, int64_t row) {
    kernels().adaptive_avg_pool2d_forward(d, f32(src) + n * src_image(d), row,
                                          f32(dst) + n * dst_image(d) + row * d.out_width * d.dst_pitch);
  });
  return QUERN_OK;
}

extern "C" int quern_adaptive_avg_pool2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                  void* diff_src) noexcept {
  QUERN_TRY(check_resize2d("adaptive_avg_pool2d", resize, diff_dst && diff_src));
  ran("adaptive_avg_pool2d");
  const quern_resize2d& d = *resize;
  each_image(d, [&](int64_t n) {
    kernels().adaptive_avg_pool2d_backward(d, f32(diff_dst) + n * dst_image(d), f32(diff_src) + n * src_image(d));
  });
  return QUERN_OK;
}

extern "C" int quern_adaptive_avg_pool2d_bytes(const quern_resize2d* resize, const void* src, float src_scale,
                                               int64_t src_zero, void* dst, float dst_scale, int64_t dst_zero,
                                               int64_t low, int64_t high) noexcept {
  const char* op = "adaptive_avg_pool2d";
  QUERN_TRY(check_resize2d(op, resize, src && dst, Elements::OfBytes));
  const quern_resize2d& d = *resize;
  QUERN_TRY(check_byte_window(op, std::min(d.in_height, d.in_height / d.out_height + 2),
                              std::min(d.in_width, d.in_width / d.out_width + 2)));
  const bool to_bytes = d.dst_type == QUERN_U8;
  Int8Mean mean{};
  double unit;
  QUERN_TRY(prepare_mean(op, {src_scale, src_zero}, {dst_scale, dst_zero, low, high}, to_bytes, &mean, &unit));
  mean.line = d.in_width * d.src_pitch;
  mean.pixel = d.src_pitch;
  mean.channels = d.channels;
  ran(op);
  const int64_t row_bytes = d.out_width * d.dst_pitch * (to_bytes ? 1 : static_cast<int64_t>(sizeof(float)));
  each_row(d, d.out_height, [&](int64_t n, int64_t row) {
    mean_row(d, mean, unit, src_zero, static_cast<const uint8_t*>(src) + n * src_image(d), row,
             static_cast<uint8_t*>(dst) + (n * d.out_height + row) * row_bytes);
  });
  return QUERN_OK;
}
