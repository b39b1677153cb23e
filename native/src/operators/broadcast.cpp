// Arithmetic and comparisons of two strided tensors with broadcasting.
#include <algorithm>

#include "kernels/kernels.h"
#include "operators/binary_names.h"
#include "operators/strides.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kGrain = 16384, kColumns = 64;

// The strides of src, other and the output.
struct Loop {
  int64_t size, stride[3];
};

// Axes, of which neighbors are joined that are one axis of all three, and those of size 1 are left out.
struct Loops {
  int64_t count = 0, elements = 1;
  Loop loop[kMostAxes + 2];

  void add(const Loop& a) noexcept {
    elements *= a.size;
    if (a.size == 1) return;
    if (count > 0 && continues(loop[count - 1], a)) {
      const int64_t outer = loop[count - 1].size;
      loop[count - 1] = a;
      loop[count - 1].size = outer * a.size;
      return;
    }
    loop[count++] = a;
  }
  static bool continues(const Loop& outer, const Loop& inner) noexcept {
    for (int i = 0; i < 3; i++) {
      if (outer.stride[i] != inner.size * inner.stride[i]) return false;
    }
    return true;
  }
  // At least so many, ones in front.
  void fill(int64_t least) noexcept {
    for (; count < least; count++) {
      for (int64_t k = count; k > 0; k--) loop[k] = loop[k - 1];
      loop[0] = {1, {0, 0, 0}};
    }
  }
  // Moves each of the three to number `at` of the first axes, `outer` of them.
  void move(int64_t at, int64_t outer, int64_t (&to)[3]) const noexcept {
    for (int64_t k = outer - 1; k >= 0; at /= loop[k].size, k--) {
      for (int i = 0; i < 3; i++) to[i] += at % loop[k].size * loop[k].stride[i];
    }
  }
};

struct Tensors {
  const float *a, *b, *diff;
  float* dst;
};

BroadcastPlane plane(const Tensors& t, const int64_t (&at)[3], const Loop& row, const Loop& column) noexcept {
  BroadcastPlane p{};
  p.rows = row.size;
  p.columns = column.size;
  p.a = t.a + at[0];
  p.b = t.b + at[1];
  p.diff = t.diff == nullptr ? nullptr : t.diff + at[2];
  for (int i = 0; i < 3; i++) {
    p.row[i] = row.stride[i];
    p.step[i] = column.stride[i];
  }
  return p;
}

// body(plane, where the three begin): planes of the last two loops, all others counted as one; or parts of long rows.
template <typename Body>
void each_plane(Loops loops, const Tensors& t, Body&& body) noexcept {
  loops.fill(2);
  const Loop row = loops.loop[loops.count - 2], column = loops.loop[loops.count - 1];
  const int64_t rows = loops.elements / column.size, blocks = divide_up(column.size, kGrain);
  const auto run = [&](int64_t first_row, int64_t count, int64_t first, int64_t columns) {
    Loop some_rows = row, some = column;
    some_rows.size = count;
    some.size = columns;
    int64_t at[3];
    for (int i = 0; i < 3; i++) at[i] = first * column.stride[i];
    loops.move(first_row, loops.count - 1, at);
    body(plane(t, at, some_rows, some), at);
  };
  if (blocks > 1) {
    parallel_for(rows * blocks, [&](int64_t piece) {
      const int64_t first = piece % blocks * kGrain;
      run(piece / blocks, 1, first, std::min(kGrain, column.size - first));
    });
    return;
  }
  parallel_ranges(rows, kGrain / column.size + 1, [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t count = std::min(row.size - begin % row.size, end - begin);
      run(begin, count, 0, column.size);
      begin += count;
    }
  });
}

// The gradient of each number of one input is the sum over the axes along which it is broadcast. One thread computes
// the whole sum.
void sum(int64_t kind, bool to_a, Loops kept, Loops repeated, const Tensors& t) noexcept {
  const int own = to_a ? 0 : 1;
  kept.fill(1);
  repeated.fill(1);
  const Loop column = kept.loop[kept.count - 1], row = repeated.loop[repeated.count - 1];
  const int64_t blocks = divide_up(column.size, kColumns), others = repeated.elements / row.size;
  parallel_for(kept.elements / column.size * blocks, [&](int64_t piece) {
    Loop some = column;
    const int64_t first = piece % blocks * kColumns;
    some.size = std::min(kColumns, column.size - first);
    int64_t begin[3];
    for (int i = 0; i < 3; i++) begin[i] = first * column.stride[i];
    kept.move(piece / blocks, kept.count - 1, begin);
    double sums[kColumns] = {};
    for (int64_t other = 0; other < others; other++) {
      int64_t at[3] = {begin[0], begin[1], begin[2]};
      repeated.move(other, repeated.count - 1, at);
      kernels().broadcast_sums(kind, to_a, plane(t, at, row, some), sums);
    }
    for (int64_t i = 0; i < some.size; i++) {
      t.dst[begin[own] + i * some.stride[own]] = static_cast<float>(sums[i]);
    }
  });
}

struct Strided {
  int64_t kind, axes;
  const int64_t *sizes, *src, *other, *dst;

  Loop loop(int64_t i) const { return {sizes[i], {src[i], other[i], dst[i]}}; }
};

void gradient(const Strided& d, bool to_a, const Tensors& t) noexcept {
  Loops all, kept, repeated;
  const int64_t* own = to_a ? d.src : d.other;
  for (int64_t i = 0; i < d.axes; i++) {
    all.add(d.loop(i));
    (own[i] == 0 ? repeated : kept).add(d.loop(i));
  }
  if (repeated.elements > 1) return sum(d.kind, to_a, kept, repeated, t);
  each_plane(all, t, [&](BroadcastPlane p, const int64_t(&at)[3]) {
    p.dst = t.dst + at[to_a ? 0 : 1];
    kernels().broadcast_to(d.kind, to_a, p);
  });
}

int prepare(const Strided& d, int64_t type, bool pointers, int64_t* elements) noexcept {
  const char* op = nullptr;
  QUERN_TRY(check_initialized("broadcast"));
  QUERN_TRY(check_binary(d.kind, QUERN_UNLESS, &op));
  QUERN_TRY(check_pointers(op, pointers && d.sizes && d.src && d.other && d.dst));
  QUERN_TRY(check_type(op, "type", type));
  QUERN_TRY(check_sizes(op, d.axes, d.sizes, elements));
  QUERN_TRY(check_strides(op, "source", d.axes, d.sizes, d.src));
  QUERN_TRY(check_strides(op, "other", d.axes, d.sizes, d.other));
  QUERN_TRY(check_strides(op, "destination", d.axes, d.sizes, d.dst));
  ran(op);
  return QUERN_OK;
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_broadcast_forward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                       const int64_t* src_strides, const int64_t* other_strides,
                                       const int64_t* dst_strides, const void* src, const void* other,
                                       void* dst) noexcept {
  const Strided d{kind, axes, sizes, src_strides, other_strides, dst_strides};
  int64_t elements = 0;
  QUERN_TRY(prepare(d, type, src && other && dst, &elements));
  if (elements == 0) return QUERN_OK;
  Loops all;
  for (int64_t i = 0; i < axes; i++) all.add(d.loop(i));
  const Tensors t{f32(src), f32(other), nullptr, f32(dst)};
  each_plane(all, t, [&](BroadcastPlane p, const int64_t(&at)[3]) {
    p.dst = t.dst + at[2];
    kernels().broadcast_forward(kind, p);
  });
  return QUERN_OK;
}

extern "C" int quern_broadcast_backward(int64_t kind, int64_t type, int64_t axes, const int64_t* sizes,
                                        const int64_t* src_strides, const int64_t* other_strides,
                                        const int64_t* dst_strides, const void* src, const void* other,
                                        const void* diff_dst, void* diff_src, void* diff_other) noexcept {
  const Strided d{kind, axes, sizes, src_strides, other_strides, dst_strides};
  int64_t elements = 0;
  QUERN_TRY(prepare(d, type, src && other && diff_dst, &elements));
  if (elements == 0) return QUERN_OK;
  if (diff_src != nullptr) gradient(d, true, {f32(src), f32(other), f32(diff_dst), f32(diff_src)});
  if (diff_other != nullptr) gradient(d, false, {f32(src), f32(other), f32(diff_dst), f32(diff_other)});
  return QUERN_OK;
}
