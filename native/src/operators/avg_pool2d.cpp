#include "operators/pool2d.h"
#include "runtime/checks.h"

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
