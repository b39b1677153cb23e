#include "operators/resize2d.h"
#include "runtime/checks.h"

using namespace quern;

namespace {
int check(const quern_resize2d* desc, bool pointers) noexcept {
  QUERN_TRY(check_resize2d("adaptive_max_pool2d", desc, pointers));
  // indices are 32 bits
  return check_range("adaptive_max_pool2d", "pixels of an image", desc->in_height * desc->in_width, 1);
}
}  // namespace

extern "C" int quern_adaptive_max_pool2d_forward(const quern_resize2d* resize, const void* src, void* dst,
                                                 int32_t* indices) noexcept {
  QUERN_TRY(check(resize, src && dst));
  ran("adaptive_max_pool2d");
  const quern_resize2d& d = *resize;
  each_row(d, d.out_height, [&](int64_t n, int64_t row) {
    const int64_t pixel = (n * d.out_height + row) * d.out_width;
    kernels().adaptive_max_pool2d_forward(d, f32(src) + n * src_image(d), row, f32(dst) + pixel * d.dst_pitch,
                                          indices == nullptr ? nullptr : indices + pixel * d.channels);
  });
  return QUERN_OK;
}

extern "C" int quern_adaptive_max_pool2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                  const int32_t* indices, void* diff_src) noexcept {
  QUERN_TRY(check(resize, diff_dst && indices && diff_src));
  ran("adaptive_max_pool2d");
  const quern_resize2d& d = *resize;
  each_image(d, [&](int64_t n) {
    kernels().adaptive_max_pool2d_backward(d, f32(diff_dst) + n * dst_image(d),
                                           indices + n * d.out_height * d.out_width * d.channels,
                                           f32(diff_src) + n * src_image(d));
  });
  return QUERN_OK;
}
