#include "operators/resize2d.h"
#include "runtime/checks.h"

using namespace quern;

namespace {
int check(const quern_resize2d* desc, bool pointers) noexcept {
  QUERN_TRY(check_pad2d("circular_pad2d", desc, pointers));
  const quern_resize2d& d = *desc;
  const int64_t bottom = d.out_height - d.padding_top - d.in_height;
  const int64_t right = d.out_width - d.padding_left - d.in_width;
  if (d.padding_top <= d.in_height && bottom <= d.in_height && d.padding_left <= d.in_width && right <= d.in_width) {
    return QUERN_OK;
  }
  return fail(
      QUERN_INVALID_SHAPE, "circular_pad2d: padding %lld, %lld, %lld, %lld must be at most the size of input %lldx%lld",
      static_cast<long long>(d.padding_left), static_cast<long long>(right), static_cast<long long>(d.padding_top),
      static_cast<long long>(bottom), static_cast<long long>(d.in_height), static_cast<long long>(d.in_width));
}
}  // namespace

extern "C" int quern_circular_pad2d_forward(const quern_resize2d* resize, const void* src, void* dst) noexcept {
  QUERN_TRY(check(resize, src && dst));
  ran("circular_pad2d");
  const quern_resize2d& d = *resize;
  each_row(d, d.out_height, [&](int64_t n, int64_t row) {
    kernels().circular_pad2d_forward(d, f32(src) + n * src_image(d), row,
                                     f32(dst) + n * dst_image(d) + row * d.out_width * d.dst_pitch);
  });
  return QUERN_OK;
}

extern "C" int quern_circular_pad2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                             void* diff_src) noexcept {
  QUERN_TRY(check(resize, diff_dst && diff_src));
  ran("circular_pad2d");
  const quern_resize2d& d = *resize;
  each_image(d, [&](int64_t n) {
    kernels().circular_pad2d_backward(d, f32(diff_dst) + n * dst_image(d), f32(diff_src) + n * src_image(d));
  });
  return QUERN_OK;
}
