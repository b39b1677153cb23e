// sum, mean, amax, amin and prod over any axes, in double and in one order whatever the number of threads.
#include "operators/reduction.h"

namespace quern {
namespace {

const char* name(int64_t kind) noexcept {
  static const char* const names[] = {"sum", "mean", "amax", "amin", "prod"};
  return kind >= QUERN_SUM && kind <= QUERN_PROD ? names[kind] : nullptr;
}

ReductionFold fold_of(int64_t kind) noexcept {
  switch (kind) {
    case QUERN_AMAX:
      return ReductionFold::Amax;
    case QUERN_AMIN:
      return ReductionFold::Amin;
    case QUERN_PROD:
      return ReductionFold::Prod;
    default:
      return ReductionFold::Sum;
  }
}

bool is_extreme(int64_t kind) noexcept { return kind == QUERN_AMAX || kind == QUERN_AMIN; }

using Columns = double[kReducedColumns];

// Reduces the numbers of n outputs.
void fold(ReductionFold kind, const ReducedAxes& a, int64_t n, const float* src, const double* keys,
          double* folded) noexcept {
  kernels().reduction_first(kind, n, folded);
  each_rows(a, n, src, [&](const ReductionRows& r, int64_t) { kernels().reduction_fold(kind, r, keys, folded); });
}

void forward(int64_t kind, const ReducedAxes& a, const float* src, float* dst) noexcept {
  const int64_t step = a.kept.dst[a.kept.count - 1];
  const Columns keys = {};
  each_output(a, [&](int64_t n, int64_t from, int64_t to) {
    Columns folded;
    fold(fold_of(kind), a, n, src + from, keys, folded);
    const double divisor = kind == QUERN_MEAN ? static_cast<double>(a.reduced) : 1.0;
    for (int64_t i = 0; i < n; i++) dst[to + i * step] = static_cast<float>(folded[i] / divisor);
  });
}

// Distributes the gradients of n outputs: keys, on and off of ReductionSpread for each quern_reduction_kind. A NaN
// equals nothing, so that 0 / 0 makes its share NaN, as in PyTorch.
void prepare(int64_t kind, const ReducedAxes& a, int64_t n, const float* src, double* keys, double* on,
             double* off) noexcept {
  Columns count, product;
  if (kind == QUERN_MEAN) {
    for (int64_t i = 0; i < n; i++) on[i] /= static_cast<double>(a.reduced);
  } else if (is_extreme(kind)) {
    fold(ReductionFold::Equal, a, n, src, keys, count);
    for (int64_t i = 0; i < n; i++) on[i] /= count[i], off[i] = 0.0 / count[i];
  } else if (kind == QUERN_PROD) {
    std::fill(keys, keys + n, 0.0);
    fold(ReductionFold::Equal, a, n, src, keys, count);
    fold(ReductionFold::NonzeroProd, a, n, src, keys, product);
    for (int64_t i = 0; i < n; i++) {
      const double all = on[i] * product[i];
      on[i] = count[i] == 1.0 ? all : 0.0;
      off[i] = count[i] == 0.0 ? all : 0.0;
    }
  }
}

void backward(int64_t kind, const ReducedAxes& a, const float* src, const float* dst, const float* diff_dst,
              float* diff_src) noexcept {
  const int64_t step = a.kept.dst[a.kept.count - 1];
  each_output(a, [&](int64_t n, int64_t from, int64_t to) {
    Columns keys = {}, on, off = {};
    for (int64_t i = 0; i < n; i++) {
      on[i] = diff_dst[to + i * step];
      if (is_extreme(kind)) keys[i] = dst[to + i * step];
    }
    // where nothing is read, only the places count
    const float* read = src == nullptr ? diff_src : src;
    prepare(kind, a, n, read + from, keys, on, off);
    each_rows(a, n, read + from, [&](const ReductionRows& r, int64_t offset) {
      kernels().reduction_spread(r, {kind, keys, on, off}, diff_src + from + offset);
    });
  });
}

int check(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides,
          const int64_t* dst_strides, bool pointers, int64_t* elements) noexcept {
  QUERN_TRY(check_initialized("reduction"));
  const char* op = name(kind);
  if (op == nullptr) {
    return fail(QUERN_INVALID_ARGUMENT, "reduction: kind %lld is not one of 0 to %d", static_cast<long long>(kind),
                QUERN_PROD);
  }
  QUERN_TRY(check_pointers(op, pointers));
  QUERN_TRY(check_type(op, "type", type));
  QUERN_TRY(check_reduced(op, axes, sizes, src_strides, dst_strides, elements));
  ran(op);
  return QUERN_OK;
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_reduction_forward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                       const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                                       void* dst) noexcept {
  int64_t elements = 0;
  QUERN_TRY(check(kind, type, axes, sizes, src_strides, dst_strides, sizes && src_strides && dst_strides && src && dst,
                  &elements));
  if (elements > 0) forward(kind, ReducedAxes(axes, sizes, src_strides, dst_strides), f32(src), f32(dst));
  return QUERN_OK;
}

extern "C" int quern_reduction_backward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                        const int64_t* src_strides, const int64_t* dst_strides, const void* src,
                                        const void* dst, const void* diff_dst, void* diff_src) noexcept {
  int64_t elements = 0;
  const bool read = (src || kind == QUERN_SUM || kind == QUERN_MEAN) && (dst || !is_extreme(kind));
  QUERN_TRY(check(kind, type, axes, sizes, src_strides, dst_strides,
                  sizes && src_strides && dst_strides && diff_dst && diff_src && read, &elements));
  if (elements > 0) {
    backward(kind, ReducedAxes(axes, sizes, src_strides, dst_strides), f32(src), f32(dst), f32(diff_dst),
             f32(diff_src));
  }
  return QUERN_OK;
}
