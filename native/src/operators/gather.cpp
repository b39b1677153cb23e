// gather: copies the positions along an axis that a table lists, or adds several of them.
#include "operators/strides.h"

namespace quern {
namespace {

struct Gather {
  Strides s;     // the source's stride along the axis is 0: the table says the way
  int64_t axis;  // in s
  int64_t stride;
  const int32_t *indices, *starts;  // starts may be null
};

// A sum is double, and of as many numbers at a time as a row of them holds.
void sum_run(const Gather& g, int64_t position, int64_t n, const float* src, int64_t src_step, float* dst,
             int64_t dst_step) noexcept {
  constexpr int64_t kSums = 256;
  double sums[kSums];
  const int32_t *begin = g.indices + g.starts[position], *end = g.indices + g.starts[position + 1];
  if (end - begin == 1) return copy_run(n, src + *begin * g.stride, src_step, dst, dst_step);
  for (int64_t first = 0; first < n; first += kSums) {
    const int64_t count = std::min(kSums, n - first);
    std::fill(sums, sums + count, 0.0);
    for (const int32_t* i = begin; i < end; i++) {
      const float* from = src + *i * g.stride + first * src_step;
      for (int64_t k = 0; k < count; k++) sums[k] += from[k * src_step];
    }
    for (int64_t k = 0; k < count; k++) dst[(first + k) * dst_step] = static_cast<float>(sums[k]);
  }
}

void run(const Gather& g, int64_t position, int64_t n, const float* src, int64_t src_step, float* dst,
         int64_t dst_step) noexcept {
  if (g.starts) return sum_run(g, position, n, src, src_step, dst, dst_step);
  copy_run(n, src + g.indices[position] * g.stride, src_step, dst, dst_step);
}

// Along the axis itself there are no runs.
void along(const Gather& g, int64_t position, int64_t n, const float* src, float* dst, int64_t dst_step) noexcept {
  if (g.starts) {
    for (int64_t i = 0; i < n; i++) sum_run(g, position + i, 1, src, 0, dst + i * dst_step, 0);
  } else {
    const int32_t* indices = g.indices + position;
    for (int64_t i = 0; i < n; i++) dst[i * dst_step] = src[indices[i] * g.stride];
  }
}

void gather(const Gather& g, const float* src, float* dst) noexcept {
  const Strides& s = g.s;
  const int64_t row = s.count - 2, step = s.count - 1;
  each_plane(s, kCopied, kCopied, [&](const Plane& p) {
    for (int64_t r = 0; r < p.rows; r++) {
      const float* from = src + p.from + r * s.src[row];
      float* to = dst + p.to + r * s.dst[row];
      const int64_t position = p.at[g.axis] + (g.axis == row ? r : 0);
      if (g.axis == step) {
        along(g, position, p.n, from, to, s.dst[step]);
      } else {
        run(g, position, p.n, from, s.src[step], to, s.dst[step]);
      }
    }
  });
}

// Starts ascend from 0, and indices are positions of the source.
int check_table(int64_t size, int64_t src_size, const int32_t* indices, const int32_t* starts) noexcept {
  int64_t n = size;
  if (starts) {
    for (int64_t i = 0; i <= size; i++) {
      if (starts[i] < (i > 0 ? starts[i - 1] : 0) || (i == 0 && starts[i] > 0)) {
        return fail(QUERN_INVALID_ARGUMENT, "gather: start %d at %lld does not ascend from 0", starts[i],
                    static_cast<long long>(i));
      }
    }
    n = starts[size];
  }
  for (int64_t i = 0; i < n; i++) {
    if (indices[i] < 0 || indices[i] >= src_size) {
      return fail(QUERN_INVALID_ARGUMENT, "gather: index %d at %lld is outside [0, %lld)", indices[i],
                  static_cast<long long>(i), static_cast<long long>(src_size));
    }
  }
  return QUERN_OK;
}

int check(int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides, const int64_t* dst_strides,
          int64_t axis, int64_t src_size, bool pointers, int64_t* elements) noexcept {
  QUERN_TRY(check_initialized("gather"));
  QUERN_TRY(check_pointers("gather", pointers));
  QUERN_TRY(check_type("gather", "type", type));
  QUERN_TRY(check_sizes("gather", axes, sizes, elements));
  if (axis < 0 || axis >= axes) {
    return fail(QUERN_INVALID_ARGUMENT, "gather: axis %lld is outside [0, %lld)", static_cast<long long>(axis),
                static_cast<long long>(axes));
  }
  QUERN_TRY(check_range("gather", "src_size", src_size, 0));
  QUERN_TRY(check_strides("gather", "destination", axes, sizes, dst_strides));
  int64_t src_sizes[kMostAxes];
  for (int64_t i = 0; i < axes; i++) src_sizes[i] = i == axis ? src_size : sizes[i];
  return check_strides("gather", "source", axes, src_sizes, src_strides);
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_gather(int64_t type, int64_t axes, const int64_t* sizes, const int64_t* src_strides,
                            const int64_t* dst_strides, int64_t axis, int64_t src_size, const int32_t* indices,
                            const int32_t* starts, const void* src, void* dst) noexcept {
  int64_t elements = 0;
  QUERN_TRY(check(type, axes, sizes, src_strides, dst_strides, axis, src_size,
                  sizes && src_strides && dst_strides && indices && src && dst, &elements));
  QUERN_TRY(check_table(sizes[axis], src_size, indices, starts));
  ran("gather");
  if (elements == 0) return QUERN_OK;
  Gather g;
  g.s.add_apart(1, 0, 0);  // a plane to walk over at least
  for (int64_t i = 0; i < axis; i++) g.s.add(sizes[i], src_strides[i], dst_strides[i]);
  g.axis = g.s.count;
  g.s.add_apart(sizes[axis], 0, dst_strides[axis]);
  for (int64_t i = axis + 1; i < axes; i++) g.s.add(sizes[i], src_strides[i], dst_strides[i]);
  g.stride = src_strides[axis];
  g.indices = indices;
  g.starts = starts;
  gather(g, f32(src), f32(dst));
  return QUERN_OK;
}
