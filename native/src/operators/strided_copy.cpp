// strided_copy: numbers to other places, by strides: permute, slice, chunk, channel_shuffle, and constants.
#include "kernels/kernels.h"
#include "operators/strides.h"

namespace quern {
namespace {

int check(int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides, const int64_t* dst_strides,
          bool pointers, int64_t* elements) noexcept {
  QUERN_TRY(check_initialized("strided_copy"));
  QUERN_TRY(check_pointers("strided_copy", pointers));
  QUERN_TRY(check_type("strided_copy", "type", type));
  QUERN_TRY(check_sizes("strided_copy", axes, sizes, elements));
  QUERN_TRY(check_strides("strided_copy", "source", axes, sizes, src_strides));
  return check_strides("strided_copy", "destination", axes, sizes, dst_strides);
}

// Rows of neighbors where they are neighbors on both sides. Else, where each side has neighbors, rows and columns
// change places in tiles that the first cache holds; 64 by 64 floats are 16 KiB a side.
void copy(Strides s, const float* src, float* dst) noexcept {
  constexpr int64_t kTile = 64;
  const int64_t from = s.unit(s.src), to = s.unit(s.dst);
  const bool turned = from >= 0 && to >= 0 && from != to;
  if (turned) s.to_end(to);
  if (from >= 0 && to >= 0) s.to_end(turned && from > to ? from - 1 : from);
  const int64_t row = s.count - 2, step = s.count - 1;
  each_plane(s, kCopied, turned ? kTile : kCopied, [&](const Plane& p) {
    for (int64_t r = 0; turned && r < p.rows; r += kTile) {
      kernels().transpose_rows(std::min(kTile, p.rows - r), p.n, src + p.from + r * s.src[row], s.src[row],
                               dst + p.to + r, s.dst[step]);
    }
    for (int64_t r = 0; !turned && r < p.rows; r++) {
      copy_run(p.n, src + p.from + r * s.src[row], s.src[step], dst + p.to + r * s.dst[row], s.dst[step]);
    }
  });
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_strided_copy(int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides,
                                  const int64_t* dst_strides, const void* src, void* dst) noexcept {
  int64_t elements = 0;
  QUERN_TRY(
      check(type, axes, sizes, src_strides, dst_strides, sizes && src_strides && dst_strides && src && dst, &elements));
  ran("strided_copy");
  if (elements == 0) return QUERN_OK;
  Strides s;
  s.add_apart(1, 0, 0);  // a plane to walk over at least
  s.add_apart(1, 0, 0);
  for (int64_t i = 0; i < axes; i++) s.add(sizes[i], src_strides[i], dst_strides[i]);
  copy(s, f32(src), f32(dst));
  return QUERN_OK;
}
