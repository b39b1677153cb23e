#include "operators/pool2d.h"
#include "runtime/checks.h"

using namespace quern;

namespace {
int prepare(const quern_pool2d* pool, Pool2d* out) noexcept {
  QUERN_TRY(prepare_pool2d("avg_pool2d", pool, out));
  if (pool->dilation_height == 1 && pool->dilation_width == 1) return QUERN_OK;
  return fail(QUERN_INVALID_ARGUMENT, "avg_pool2d: dilation %lldx%lld must be 1x1",
              static_cast<long long>(pool->dilation_height), static_cast<long long>(pool->dilation_width));
}
}  // namespace

extern "C" int quern_avg_pool2d_forward(const quern_pool2d* pool, const void* src, void* dst) noexcept {
  Pool2d p;
  QUERN_TRY(prepare(pool, &p));
  QUERN_TRY(check_pointers("avg_pool2d", src && dst));
  ran("avg_pool2d");
  each_row(p, [&](int64_t n, int64_t row) {
    kernels().avg_pool2d_forward(p.w, p.count_include_pad, f32(src) + n * p.in_image(), row,
                                 f32(dst) + n * p.out_image() + row * p.w.out_width * p.w.dst_pitch);
  });
  return QUERN_OK;
}

extern "C" int quern_avg_pool2d_backward(const quern_pool2d* pool, const void* diff_dst, void* diff_src) noexcept {
  Pool2d p;
  QUERN_TRY(prepare(pool, &p));
  QUERN_TRY(check_pointers("avg_pool2d", diff_dst && diff_src));
  ran("avg_pool2d");
  each_image(p, [&](int64_t n) {
    kernels().avg_pool2d_backward(p.w, p.count_include_pad, f32(diff_dst) + n * p.out_image(),
                                  f32(diff_src) + n * p.in_image());
  });
  return QUERN_OK;
}
