// Shared code of reductions and argmax: the separation of a tensor's axes into kept and reduced ones.
#pragma once

#include "kernels/kernels.h"
#include "operators/strides.h"

namespace quern {

// Either the innermost axis is kept, so that columns are folded, or it goes, so that each row is.
struct ReducedAxes {
  Strides kept, gone;  // a stride of dst is 0 for an axis that goes; at least two axes each
  bool columns;
  int64_t outputs = 1, reduced = 1;  // numbers of dst, and those that each is made of

  ReducedAxes(int64_t axes, const int64_t* sizes, const int64_t* src_strides, const int64_t* dst_strides) noexcept {
    for (Strides* s : {&kept, &gone}) {
      s->add_apart(1, 0, 0);
      s->add_apart(1, 0, 0);
    }
    int64_t last = -1;
    for (int64_t i = 0; i < axes; i++) {
      const bool goes = dst_strides[i] == 0;
      (goes ? gone : kept).add(sizes[i], src_strides[i], dst_strides[i]);
      (goes ? reduced : outputs) *= sizes[i];
      if (sizes[i] > 1 && (last < 0 || src_strides[i] < src_strides[last])) last = i;
    }
    columns = last >= 0 && dst_strides[last] != 0;
    (columns ? gone : kept).add_apart(1, 0, 0);
  }
};

// The number of elements of src; an axis that goes must have some where dst has.
inline int check_reduced(const char* op, int64_t axes, const int64_t* sizes, const int64_t* src_strides,
                         const int64_t* dst_strides, int64_t* elements) noexcept {
  QUERN_TRY(check_sizes(op, axes, sizes, elements));
  QUERN_TRY(check_strides(op, "source", axes, sizes, src_strides));
  QUERN_TRY(check_strides(op, "destination", axes, sizes, dst_strides));
  bool outputs = true;
  for (int64_t i = 0; i < axes; i++) outputs = outputs && (dst_strides[i] == 0 || sizes[i] > 0);
  if (*elements == 0 && outputs) return fail(QUERN_INVALID_SHAPE, "%s: a reduced axis is empty", op);
  return QUERN_OK;
}

// Calls body(n, from, to) for up to kReducedColumns neighbors of dst at a time: how many, and elements to the first of
// them.
template <typename Body>
void each_output(const ReducedAxes& a, Body&& body) noexcept {
  const int64_t row = a.kept.count - 2;
  each_plane(a.kept, kCopied / a.reduced, kReducedColumns, [&](const Plane& p) {
    for (int64_t r = 0; r < p.rows; r++) body(p.n, p.from + r * a.kept.src[row], p.to + r * a.kept.dst[row]);
  });
}

// Calls body(rows, offset) for all that n such outputs are made of, whose src begins at `src`.
template <typename Body>
void each_rows(const ReducedAxes& a, int64_t n, const float* src, Body&& body) noexcept {
  const Strides& g = a.gone;
  const int64_t row = g.count - 2, step = g.count - 1;
  ReductionRows rows;
  rows.columns = a.columns;
  rows.rows = g.size[row];
  rows.row = g.src[row];
  rows.n = a.columns ? n : g.size[step];
  rows.step = a.columns ? a.kept.src[a.kept.count - 1] : g.src[step];
  int64_t outer = 1;
  for (int64_t i = 0; i < row; i++) outer *= g.size[i];
  for (int64_t o = 0; o < outer; o++) {
    int64_t offset = 0;
    for (int64_t i = row - 1, rest = o; i >= 0; rest /= g.size[i], i--) offset += rest % g.size[i] * g.src[i];
    rows.src = src + offset;
    body(rows, offset);
  }
}

}  // namespace quern
