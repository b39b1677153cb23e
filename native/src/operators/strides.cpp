#include "operators/strides.h"

namespace quern {

int check_strides(const char* op, const char* what, int64_t axes, const int64_t* sizes,
                  const int64_t* strides) noexcept {
  int64_t last = 0;
  for (int64_t i = 0; i < axes; i++) {
    int64_t way = 0;
    if (strides[i] < 0) {
      return fail(QUERN_INVALID_ARGUMENT, "%s: %s stride %lld is negative", op, what,
                  static_cast<long long>(strides[i]));
    }
    if (__builtin_mul_overflow(sizes[i] > 0 ? sizes[i] - 1 : 0, strides[i], &way) ||
        __builtin_add_overflow(last, way, &last) || last > (int64_t{1} << 53)) {
      return fail(QUERN_INVALID_SHAPE, "%s: %s is spread over more than 2^53 elements", op, what);
    }
  }
  return QUERN_OK;
}

int check_sizes(const char* op, int64_t axes, const int64_t* sizes, int64_t* elements) noexcept {
  if (axes < 1 || axes > kMostAxes) {
    return fail(QUERN_INVALID_ARGUMENT, "%s: axes %lld are outside [1, %lld]", op, static_cast<long long>(axes),
                static_cast<long long>(kMostAxes));
  }
  *elements = 1;
  for (int64_t i = 0; i < axes; i++) {
    QUERN_TRY(check_range(op, "size", sizes[i], 0));
    QUERN_TRY(count(op, "tensor", *elements, sizes[i], 1, 1, elements));
  }
  return QUERN_OK;
}

}  // namespace quern
