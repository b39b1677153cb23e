#include "operators/pool2d.h"
#include "runtime/checks.h"

using namespace quern;

extern "C" int quern_max_pool2d_forward(const quern_pool2d* pool, const void* src, void* dst,
                                        int32_t* indices) noexcept {
  Pool2d p;
  QUERN_TRY(prepare_pool2d("max_pool2d", pool, &p, indices == nullptr ? Elements::Alike : Elements::Floats));
  QUERN_TRY(check_pointers("max_pool2d", src && dst));
  ran("max_pool2d");
  const auto run = [&](auto kernel, auto* from, auto* to) {
    each_row(p, [&](int64_t n, int64_t row) {
      kernel(p.w, from + n * p.in_image(), row, to + n * p.out_image() + row * p.w.out_width * p.w.dst_pitch);
    });
    return QUERN_OK;
  };
  if (pool->src_type == QUERN_U8) {
    return run(kernels().max_pool2d_bytes, static_cast<const uint8_t*>(src), static_cast<uint8_t*>(dst));
  }
  if (pool->src_type == QUERN_BF16) {
    return run(kernels().max_pool2d_bf16, static_cast<const Bf16*>(src), static_cast<Bf16*>(dst));
  }
  const int64_t index_row = p.w.out_width * p.w.channels;
  each_row(p, [&](int64_t n, int64_t row) {
    int32_t* at = indices == nullptr ? nullptr : indices + (n * p.w.out_height + row) * index_row;
    kernels().max_pool2d_forward(p.w, f32(src) + n * p.in_image(), row,
                                 f32(dst) + n * p.out_image() + row * p.w.out_width * p.w.dst_pitch, at);
  });
  return QUERN_OK;
}

extern "C" int quern_max_pool2d_backward(const quern_pool2d* pool, const void* diff_dst, const int32_t* indices,
                                         void* diff_src) noexcept {
  Pool2d p;
  QUERN_TRY(prepare_pool2d("max_pool2d", pool, &p));
  QUERN_TRY(check_pointers("max_pool2d", diff_dst && indices && diff_src));
  ran("max_pool2d");
  const int64_t index_image = p.w.out_height * p.w.out_width * p.w.channels;
  each_image(p, [&](int64_t n) {
    kernels().max_pool2d_backward(p.w, f32(diff_dst) + n * p.out_image(), indices + n * index_image,
                                  f32(diff_src) + n * p.in_image());
  });
  return QUERN_OK;
}
