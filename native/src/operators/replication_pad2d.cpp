#include "operators/resize2d.h"
#include "runtime/checks.h"

using namespace quern;

extern "C" int quern_replication_pad2d_forward(const quern_resize2d* resize, const void* src, void* dst) noexcept {
  QUERN_TRY(check_pad2d("replication_pad2d", resize, src && dst));
  ran("replication_pad2d");
  const quern_resize2d& d = *resize;
  each_row(d, d.out_height, [&](int64_t n, int64_t row) {
    kernels().replication_pad2d_forward(d, f32(src) + n * src_image(d), row,
                                        f32(dst) + n * dst_image(d) + row * d.out_width * d.dst_pitch);
  });
  return QUERN_OK;
}

extern "C" int quern_replication_pad2d_backward(const quern_resize2d* resize, const void* diff_dst,
                                                void* diff_src) noexcept {
  QUERN_TRY(check_pad2d("replication_pad2d", resize, diff_dst && diff_src));
  ran("replication_pad2d");
  const quern_resize2d& d = *resize;
  each_image(d, [&](int64_t n) {
    kernels().replication_pad2d_backward(d, f32(diff_dst) + n * dst_image(d), f32(diff_src) + n * src_image(d));
  });
  return QUERN_OK;
}
