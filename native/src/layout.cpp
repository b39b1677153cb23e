// Between the callers' NCHW and the kernels' NHWC.
#include "checks.h"
#include "kernels/kernels.h"
#include "threads.h"

namespace quern {
namespace {

int check_images(const char* op, bool pointers, int64_t n, int64_t c, int64_t h, int64_t w, int64_t pitch) noexcept {
  QUERN_TRY(check_initialized(op));
  QUERN_TRY(check_pointers(op, pointers));
  QUERN_TRY(check_range(op, "batch", n, 0));
  QUERN_TRY(check_range(op, "channels", c, 0));
  QUERN_TRY(check_range(op, "height", h, 0));
  QUERN_TRY(check_range(op, "width", w, 0));
  QUERN_TRY(check_range(op, "pitch", pitch, c));
  int64_t elements;
  return count(op, "tensor", n > 0 ? n : 1, pitch > 0 ? pitch : 1, h, w, &elements);
}

// Images per piece: about 16 thousand floats.
int64_t grain(int64_t floats_per_image) noexcept { return 16384 / (floats_per_image + 1) + 1; }

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_nchw_to_nhwc(int64_t n, int64_t c, int64_t h, int64_t w, const float* src, float* dst,
                                  int64_t dst_pitch) noexcept {
  QUERN_TRY(check_images("nchw_to_nhwc", src && dst, n, c, h, w, dst_pitch));
  const Kernels& k = kernels();
  parallel_ranges(n, grain(c * h * w), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++)
      k.planes_to_pixels(c, h * w, src + i * c * h * w, h * w, dst + i * h * w * dst_pitch, dst_pitch);
  });
  return QUERN_OK;
}

extern "C" int quern_nhwc_to_nchw(int64_t n, int64_t c, int64_t h, int64_t w, const float* src, int64_t src_pitch,
                                  float* dst) noexcept {
  QUERN_TRY(check_images("nhwc_to_nchw", src && dst, n, c, h, w, src_pitch));
  const Kernels& k = kernels();
  parallel_ranges(n, grain(c * h * w), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++)
      k.pixels_to_planes(c, h * w, src + i * h * w * src_pitch, src_pitch, dst + i * c * h * w, h * w);
  });
  return QUERN_OK;
}

extern "C" int quern_images(int64_t n, int64_t c, int64_t h, int64_t w, const unsigned char* src, const float* scale,
                            const float* shift, float* dst, int64_t dst_pitch) noexcept {
  QUERN_TRY(check_images("images", src && scale && shift && dst, n, c, h, w, dst_pitch));
  const Kernels& k = kernels();
  ran("images");
  parallel_ranges(n, grain(c * h * w), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      k.images(c, h * w, src + i * c * h * w, scale, shift, dst + i * h * w * dst_pitch, dst_pitch);
    }
  });
  return QUERN_OK;
}
