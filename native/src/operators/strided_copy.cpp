// strided_copy: numbers to other places, by strides: permute, slice, chunk, channel_shuffle, and constants.
#include "kernels/kernels.h"
#include "operators/strides.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kGrain = 16384;

// Axes of size 1 left out, and neighbours joined that are one axis on both sides.
struct Axes {
  int64_t count = 0;
  int64_t size[kMostAxes], src[kMostAxes], dst[kMostAxes];

  void add(int64_t n, int64_t src_stride, int64_t dst_stride) noexcept {
    if (n == 1) return;
    if (count > 0 && src[count - 1] == n * src_stride && dst[count - 1] == n * dst_stride) {
      size[count - 1] *= n;
      src[count - 1] = src_stride;
      dst[count - 1] = dst_stride;
      return;
    }
    size[count] = n;
    src[count] = src_stride;
    dst[count] = dst_stride;
    count++;
  }
};

int check(int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides, const int64_t* dst_strides,
          bool pointers, int64_t* elements) noexcept {
  QUERN_TRY(check_initialized("strided_copy"));
  QUERN_TRY(check_pointers("strided_copy", pointers));
  QUERN_TRY(check_type("strided_copy", "type", type));
  QUERN_TRY(check_axes("strided_copy", axes, sizes, elements));
  QUERN_TRY(check_strides("strided_copy", "source", axes, sizes, src_strides));
  return check_strides("strided_copy", "destination", axes, sizes, dst_strides);
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
  Axes a;
  for (int64_t i = 0; i < axes; i++) a.add(sizes[i], src_strides[i], dst_strides[i]);
  while (a.count < 2) {  // a plane to copy at least
    a.size[a.count] = 1;
    a.src[a.count] = a.dst[a.count] = 0;
    a.count++;
  }
  // planes of the last two axes, all others counted as one
  const int64_t row = a.count - 2, step = a.count - 1, rows = elements / a.size[step];
  parallel_ranges(rows, kGrain / a.size[step] + 1, [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t first = begin % a.size[row];
      const int64_t left = a.size[row] - first, n = end - begin < left ? end - begin : left;
      int64_t from = first * a.src[row], to = first * a.dst[row];
      for (int64_t i = row - 1, at = begin / a.size[row]; i >= 0; at /= a.size[i], i--) {
        from += at % a.size[i] * a.src[i];
        to += at % a.size[i] * a.dst[i];
      }
      kernels().strided_copy(n, a.size[step], f32(src) + from, a.src[row], a.src[step], f32(dst) + to, a.dst[row],
                             a.dst[step]);
      begin += n;
    }
  });
  return QUERN_OK;
}
