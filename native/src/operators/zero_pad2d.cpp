#include "operators/resize2d.h"
#include "runtime/checks.h"

namespace quern {
namespace {

int crop(const char* op, const quern_resize2d* resize, const void* src, void* dst) noexcept {
  QUERN_TRY(check_pad2d(op, resize, src && dst));
  const quern_resize2d& d = *resize;
  each_row(d, d.in_height, [&](int64_t n, int64_t row) {
    const int64_t first = (row + d.padding_top) * d.out_width + d.padding_left;
    kernels().copy_rows(d.in_width, d.channels, f32(src) + n * dst_image(d) + first * d.dst_pitch, d.dst_pitch,
                        f32(dst) + n * src_image(d) + row * d.in_width * d.src_pitch, d.src_pitch);
  });
  return QUERN_OK;
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_zero_pad2d_forward(const quern_resize2d* resize, const void* src, void* dst) noexcept {
  QUERN_TRY(check_pad2d("zero_pad2d", resize, src && dst));
  ran("zero_pad2d");
  const quern_resize2d& d = *resize;
  const Kernels& k = kernels();
  const int64_t right = d.out_width - d.padding_left - d.in_width;
  each_row(d, d.out_height, [&](int64_t n, int64_t row) {
    const int64_t y = row - d.padding_top;
    float* left = f32(dst) + n * dst_image(d) + row * d.out_width * d.dst_pitch;
    if (y < 0 || y >= d.in_height) {
      k.zero_rows(d.out_width, d.channels, left, d.dst_pitch);
      return;
    }
    float* inside = left + d.padding_left * d.dst_pitch;
    k.zero_rows(d.padding_left, d.channels, left, d.dst_pitch);
    k.copy_rows(d.in_width, d.channels, f32(src) + n * src_image(d) + y * d.in_width * d.src_pitch, d.src_pitch, inside,
                d.dst_pitch);
    k.zero_rows(right, d.channels, inside + d.in_width * d.dst_pitch, d.dst_pitch);
  });
  return QUERN_OK;
}

extern "C" int quern_zero_pad2d_backward(const quern_resize2d* resize, const void* diff_dst, void* diff_src) noexcept {
  QUERN_TRY(crop("zero_pad2d", resize, diff_dst, diff_src));
  ran("zero_pad2d");
  return QUERN_OK;
}

extern "C" int quern_crop2d(const quern_resize2d* resize, const void* src, void* dst) noexcept {
  return crop("crop2d", resize, src, dst);
}
