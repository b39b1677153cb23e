// argmax and argmin: the index of the extreme along an axis.
#include "operators/reduction.h"

namespace quern {
namespace {

int check(int64_t kind, int64_t select_last, int64_t type, int64_t axes, const int64_t* sizes,
          const int64_t* src_strides, const int64_t* dst_strides, bool pointers, int64_t* elements) noexcept {
  QUERN_TRY(check_initialized("argmax"));
  if (kind != QUERN_AMAX && kind != QUERN_AMIN) {
    return fail(QUERN_INVALID_ARGUMENT, "argmax: kind %lld is neither amax nor amin", static_cast<long long>(kind));
  }
  const char* op = kind == QUERN_AMAX ? "argmax" : "argmin";
  QUERN_TRY(check_pointers(op, pointers));
  QUERN_TRY(check_type(op, "type", type));
  QUERN_TRY(check_flag(op, "select_last", select_last));
  QUERN_TRY(check_reduced(op, axes, sizes, src_strides, dst_strides, elements));
  int64_t gone = 0;
  for (int64_t i = 0; i < axes; i++) {
    if (dst_strides[i] != 0) continue;
    if (sizes[i] > 1) gone++;
    if (sizes[i] > int64_t{1} << 24) {
      return fail(QUERN_INVALID_SHAPE, "%s: an axis of %lld is longer than float32 can index", op,
                  static_cast<long long>(sizes[i]));
    }
  }
  if (gone > 1) return fail(QUERN_INVALID_ARGUMENT, "%s: reduces %d axes, not 1", op, static_cast<int>(gone));
  ran(op);
  return QUERN_OK;
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_argmax(int64_t kind, int64_t select_last, int64_t type, int64_t axes, const int64_t* sizes,
                            const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                            void* dst) noexcept {
  int64_t elements = 0;
  QUERN_TRY(check(kind, select_last, type, axes, sizes, src_strides, dst_strides,
                  sizes && src_strides && dst_strides && src && dst, &elements));
  if (elements == 0) return QUERN_OK;
  const ReducedAxes a(axes, sizes, src_strides, dst_strides);
  const int64_t step = a.kept.dst[a.kept.count - 1];
  each_output(a, [&](int64_t n, int64_t from, int64_t to) {
    float places[kReducedColumns];
    each_rows(a, n, f32(src) + from, [&](const ReductionRows& r, int64_t) {
      kernels().argmax(kind == QUERN_AMIN, select_last == 1, r, places);
    });
    for (int64_t i = 0; i < n; i++) f32(dst)[to + i * step] = places[i];
  });
  return QUERN_OK;
}
