#include <cstring>

#include "operators/resize2d.h"
#include "runtime/checks.h"

using namespace quern;

namespace {
int check(const quern_resize2d* desc, bool pointers, Elements elements) noexcept {
  QUERN_TRY(check_resize2d("upsample_nearest2d", desc, pointers, elements));
  const quern_resize2d& d = *desc;
  if (d.out_height % d.in_height == 0 && d.out_width % d.in_width == 0) return QUERN_OK;
  return fail(QUERN_INVALID_SHAPE, "upsample_nearest2d: output %lldx%lld is not a multiple of input %lldx%lld",
              static_cast<long long>(d.out_height), static_cast<long long>(d.out_width),
              static_cast<long long>(d.in_height), static_cast<long long>(d.in_width));
}

// One row of output pixels.
void copy_bytes(const quern_resize2d& d, const uint8_t* image, int64_t row, uint8_t* dst) noexcept {
  const int64_t tall = d.out_height / d.in_height, wide = d.out_width / d.in_width;
  const uint8_t* from = image + row / tall * d.in_width * d.src_pitch;
  for (int64_t x = 0; x < d.out_width; x++) {
    std::memcpy(dst + x * d.dst_pitch, from + x / wide * d.src_pitch, static_cast<size_t>(d.channels));
  }
}
}  // namespace

extern "C" int quern_upsample_nearest2d_forward(const quern_resize2d* resize, const void* src, void* dst) noexcept {
  QUERN_TRY(check(resize, src && dst, Elements::FloatsOrBytes));
  ran("upsample_nearest2d");
  const quern_resize2d& d = *resize;
  if (d.src_type == QUERN_U8) {
    each_row(d, d.out_height, [&](int64_t n, int64_t row) {
      copy_bytes(d, static_cast<const uint8_t*>(src) + n * src_image(d), row,
                 static_cast<uint8_t*>(dst) + n * dst_image(d) + row * d.out_width * d.dst_pitch);
    });
    return QUERN_OK;
  }
  each_row(d, d.out_height, [&](int64_t n, int64_t row) {
    kernels().upsample_nearest2d_forward(d, f32(src) + n * src_image(d), row,
                                         f32(dst) + n * dst_image(d) + row * d.out_width * d.dst_pitch);
  });
  return QUERN_OK;
}

extern "C" int quern_upsample_nearest2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                 void* diff_src) noexcept {
  QUERN_TRY(check(resize, diff_dst && diff_src, Elements::Floats));
  ran("upsample_nearest2d");
  const quern_resize2d& d = *resize;
  each_row(d, d.in_height, [&](int64_t n, int64_t row) {
    kernels().upsample_nearest2d_backward(d, f32(diff_dst) + n * dst_image(d), row, f32(diff_src) + n * src_image(d));
  });
  return QUERN_OK;
}
