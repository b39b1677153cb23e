// conv2d with one input and one output channel a group: runs of pixels under the same taps by vectors of channels, no
// gathering.
#include <algorithm>
#include <cstring>

#include "conv2d/bias.h"
#include "conv2d/conv2d.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kMostTaps = 256;
constexpr int64_t kMostParts = 32;   // partial sums
constexpr int64_t kSumPixels = 128;  // that are summed before a part's sum takes them: no sum has many terms
constexpr int64_t kGrain = 262144;   // multiply-adds of a part
constexpr int64_t kPiece = 2097152;  // and of a piece of the other passes
constexpr int64_t kPieces = 4;       // of a thread, at least: as even shares of a small image as lines allow

int64_t taps_of(const Conv2d& c) { return c.w.kernel_height * c.w.kernel_width; }

const char* refuses(const Conv2d& c) {
  if (c.groups == 1 || c.w.channels != 1 || c.out_per_group != 1) return "groups of more than one channel";
  if (taps_of(c) > kMostTaps) return "the kernel has more than 256 taps";
  if (c.types.dst == QUERN_BF16 && c.types.src != QUERN_BF16) return "dst has fewer bits than src";
  if (c.types.diff_src == QUERN_BF16 && c.types.diff_dst != QUERN_BF16) return "diff_src has fewer bits than diff_dst";
  return nullptr;
}

// [ky][kx][channel].
void pack(const Conv2d& c, const float* weights, void* packed) {
  float* to = static_cast<float*>(packed);
  const int64_t taps = taps_of(c);
  for (int64_t o = 0; o < c.groups; o++) {
    for (int64_t t = 0; t < taps; t++) to[t * c.groups + o] = weights[o * taps + t];
  }
}

// One axis of a pass: position p takes, by weight k[i], what lies at at[i] + p * step, where that is in [0, extent).
struct Line {
  int64_t count = 0, step = 1, extent = 0;
  int64_t k[kMostTaps], at[kMostTaps];

  // From what a tap takes to what the next one does, in steps; 0 where that is no whole number.
  int64_t apart() const { return count > 1 && (at[1] - at[0]) % step == 0 ? (at[1] - at[0]) / step : 0; }
};

// The results at a remainder of the stride, of which forward has one.
struct Lines {
  Line y, x;
  int64_t first_y = 0, first_x = 0, step_y = 1, step_x = 1;  // of the results, in their own image
};

Line forward_line(int64_t in, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation) {
  Line l;
  l.step = stride;
  l.extent = in;
  for (int64_t k = 0; k < kernel; k++) {
    l.k[l.count] = k;
    l.at[l.count++] = k * dilation - padding;
  }
  return l;
}

Line backward_line(int64_t out, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation, int64_t remainder) {
  Line l;
  l.extent = out;
  for (int64_t k = 0; k < kernel; k++) {
    const int64_t from = remainder + padding - k * dilation;
    if (from % stride != 0) continue;
    l.k[l.count] = k;
    l.at[l.count++] = from / stride;
  }
  return l;
}

Lines forward_lines(const Conv2d& c) {
  const Windows& w = c.w;
  Lines l;
  l.y = forward_line(w.in_height, w.kernel_height, w.stride_height, w.padding_height, w.dilation_height);
  l.x = forward_line(w.in_width, w.kernel_width, w.stride_width, w.padding_width, w.dilation_width);
  return l;
}

Lines backward_lines(const Conv2d& c, int64_t y, int64_t x) {
  const Windows& w = c.w;
  Lines l;
  l.y = backward_line(w.out_height, w.kernel_height, w.stride_height, w.padding_height, w.dilation_height, y);
  l.x = backward_line(w.out_width, w.kernel_width, w.stride_width, w.padding_width, w.dilation_width, x);
  l.first_y = y, l.first_x = x;
  l.step_y = w.stride_height, l.step_x = w.stride_width;
  return l;
}

// Calls body(position, count) for those of the positions [from, to) that lie at the edges one by one, and once for
// those between, whose taps all fall on something.
template <typename Body>
void each_run(const Line& l, int64_t from, int64_t to, Body&& body) {
  int64_t begin = from, end = to;
  for (int64_t i = 0; i < l.count; i++) {
    if (l.at[i] < 0) begin = std::max(begin, divide_up(-l.at[i], l.step));
    end = l.extent <= l.at[i] ? from : std::min(end, (l.extent - 1 - l.at[i]) / l.step + 1);
  }
  begin = std::min(begin, to);
  end = std::max(begin, end);
  for (int64_t p = from; p < begin; p++) body(p, 1);
  if (end > begin) body(begin, end - begin);
  for (int64_t p = end; p < to; p++) body(p, 1);
}

// The kernels of floats and of bfloat16.
void add_up(const DepthwiseRows<float>& r) { kernels().depthwise_rows(r); }
void add_up(const DepthwiseRows<Bf16>& r) { kernels().depthwise_rows_bf16(r); }
void add_up(const DepthwiseTap<float, float>& t) { kernels().depthwise_tap(t); }
void add_up(const DepthwiseTap<Bf16, Bf16>& t) { kernels().depthwise_tap_bf16(t); }
void add_up(const DepthwiseTap<Bf16, float>& t) { kernels().depthwise_tap_src_bf16(t); }
void add_up(const DepthwiseTap<float, Bf16>& t) { kernels().depthwise_tap_diff_bf16(t); }

// The taps of one pixel that fall on something: where the values are, and where the tap's weights.
template <typename Src>
struct Taps {
  int64_t count = 0, run = 0;  // run: of one row of the kernel
  const Src* from[kMostTaps];
  int64_t tap[kMostTaps];

  void find(const Lines& l, int64_t y, int64_t x, const Src* image, int64_t pitch, int64_t kernel_width) {
    count = 0;
    for (int64_t i = 0; i < l.y.count; i++) {
      const int64_t sy = l.y.at[i] + y * l.y.step;
      if (sy < 0 || sy >= l.y.extent) continue;
      const int64_t before = count;
      for (int64_t j = 0; j < l.x.count; j++) {
        const int64_t sx = l.x.at[j] + x * l.x.step;
        if (sx < 0 || sx >= l.x.extent) continue;
        from[count] = image + (sy * l.x.extent + sx) * pitch;
        tap[count++] = l.y.k[i] * kernel_width + l.x.k[j];
      }
      run = count - before;
    }
  }
};

// Where a pass reads and writes: images of the batch.
struct Side {
  int64_t height, width, pitch;
  int64_t image() const { return height * width * pitch; }
};

// Lines [begin, end) of one image.
template <typename Src>
void run_lines(const Conv2d& c, const Lines& l, const Side& in, const Side& out, int64_t begin, int64_t end,
               const Src* src, const float* packed, const Post& post, const Results& dst) {
  Taps<Src> taps;
  const float* weights[kMostTaps];
  DepthwiseRows<Src> r{};
  r.channels = c.groups;
  r.from = taps.from;
  r.weights = weights;
  r.src_line = l.y.step * l.x.extent * in.pitch;
  r.dst_line = l.step_y * out.width * out.pitch;
  r.src_step = l.x.step * in.pitch;
  r.dst_step = l.step_x * out.pitch;
  r.post = post;
  each_run(l.y, begin, end, [&](int64_t y, int64_t lines) {
    each_run(l.x, 0, divide_up(out.width - l.first_x, l.step_x), [&](int64_t x, int64_t pixels) {
      taps.find(l, y, x, src, in.pitch, c.w.kernel_width);
      for (int64_t t = 0; t < taps.count; t++) weights[t] = packed + taps.tap[t] * c.groups;
      const int64_t to = ((l.first_y + y * l.step_y) * out.width + l.first_x + x * l.step_x) * out.pitch;
      r.taps = taps.count;
      r.run = l.x.apart() == 1 || l.x.apart() == -1 ? taps.run : 1;
      r.back = l.x.apart() == -1;
      r.lines = lines;
      r.pixels = pixels;
      r.dst = dst.from(to);
      if (post.add != nullptr) r.post.add = post.add + to;
      add_up(r);
    });
  });
}

template <typename Src>
void run(const Conv2d& c, const Lines& l, const Side& in, const Side& out, const Src* src, const float* packed,
         const Post& post, const Results& dst) {
  const int64_t rows = divide_up(out.height - l.first_y, l.step_y), all = c.batch * rows;
  const int64_t work = rows * divide_up(out.width - l.first_x, l.step_x) * c.groups * taps_of(c);
  const int64_t pieces = std::min(all, std::max(threads() * kPieces, c.batch * (work / kPiece + 1)));
  parallel_for(pieces, [&](int64_t piece) {
    const int64_t end = all * (piece + 1) / pieces;
    for (int64_t row = all * piece / pieces; row < end;) {
      const int64_t n = row / rows, y = row % rows, lines = std::min(rows - y, end - row);
      Post of = post;
      if (of.add != nullptr) of.add += n * out.image();
      run_lines(c, l, in, out, y, y + lines, src + n * in.image(), packed, of, dst.from(n * out.image()));
      row += lines;
    }
  });
}

Side inputs(const Conv2d& c) { return {c.w.in_height, c.w.in_width, c.w.src_pitch}; }
Side outputs(const Conv2d& c) { return {c.w.out_height, c.w.out_width, c.w.dst_pitch}; }

// body(memory) of floats or of bfloat16.
template <typename Body>
void with_type(int64_t type, const void* memory, Body&& body) {
  type == QUERN_BF16 ? body(static_cast<const Bf16*>(memory)) : body(f32(memory));
}

// A pass over all lines, to what has type `to_type`.
void run(const Conv2d& c, const Lines& l, const Side& in, const Side& out, int64_t from_type, const void* from,
         const float* packed, const Post& post, int64_t to_type, void* to) {
  with_type(from_type, from, [&](auto* src) { run(c, l, in, out, src, packed, post, {to, to_type == QUERN_BF16}); });
}

int forward(const Conv2d& c, const void* src, const void* packed, const Post& post, void* dst, void*, int64_t) {
  if (post.add != nullptr) QUERN_TRY(check_type("conv2d", "dst_type of an addend to a depthwise sum", c.types.dst));
  run(c, forward_lines(c), inputs(c), outputs(c), c.types.src, src, f32(packed), post, c.types.dst, dst);
  return QUERN_OK;
}

int backward_data(const Conv2d& c, const void* diff_dst, const void* packed, void* diff_src, void*, int64_t) {
  for (int64_t y = 0; y < std::min(c.w.stride_height, c.w.in_height); y++) {
    for (int64_t x = 0; x < std::min(c.w.stride_width, c.w.in_width); x++) {
      run(c, backward_lines(c, y, x), outputs(c), inputs(c), c.types.diff_dst, diff_dst, f32(packed), Post{},
          c.types.diff_src, diff_src);
    }
  }
  return QUERN_OK;
}

int64_t sums_floats(const Conv2d& c) { return taps_of(c) * c.groups; }

int64_t parts_of(const Conv2d& c) {
  const int64_t rows = c.batch * c.w.out_height;
  return std::max<int64_t>(std::min({rows, kMostParts, rows * c.w.out_width * sums_floats(c) / kGrain}), 1);
}

int64_t workspace(const Conv2d& c) {
  if (c.inference) return 0;
  return column_sums_bytes(c.rows, c.out_channels) + parts_of(c) * sums_floats(c) * 4;
}

// The positions in [from, to) where a tap falls on something.
struct Span {
  int64_t begin, end;
  Span(const Line& l, int64_t i, int64_t from, int64_t to)
      : begin(std::max(from, l.at[i] < 0 ? divide_up(-l.at[i], l.step) : 0)),
        end(l.extent <= l.at[i] ? begin : std::min(to, (l.extent - 1 - l.at[i]) / l.step + 1)) {}
};

// Channels [first, last) of the sums over rows [begin, end): tap by tap, each over the pixels where it falls on
// something. Small images are mostly edges, so that pixels by pixels, with the taps that each has, took twice as long.
template <typename Src, typename Diff>
void add_rows(const Conv2d& c, const Lines& l, int64_t begin, int64_t end, int64_t first, int64_t last, const Src* src,
              const Diff* diff_dst, float* sums) {
  kernels().zero_rows(taps_of(c), last - first, sums + first, c.groups);
  const int64_t step = 2 * kernels().lanes, height = c.w.out_height;
  const int64_t together = std::max<int64_t>(kSumPixels / c.w.out_width, 1);
  DepthwiseTap<Src, Diff> t{};
  t.src_line = l.y.step * l.x.extent * c.w.src_pitch;
  t.src_step = l.x.step * c.w.src_pitch;
  t.diff_line = c.w.out_width * c.w.dst_pitch;
  t.diff_step = c.w.dst_pitch;
  for (int64_t row = begin, rows; row < end; row += rows) {
    const int64_t n = row / height, y = row % height;
    rows = std::min({together, height - y, end - row});
    for (int64_t channel = first; channel < last; channel += step) {
      t.begin = channel;
      t.end = std::min(channel + step, last);
      for (int64_t i = 0; i < l.y.count; i++) {
        const Span lines(l.y, i, y, y + rows);
        for (int64_t j = 0; j < l.x.count; j++) {
          const Span pixels(l.x, j, 0, c.w.out_width);
          if (lines.begin >= lines.end || pixels.begin >= pixels.end) continue;
          const int64_t at_y = l.y.at[i] + lines.begin * l.y.step, at_x = l.x.at[j] + pixels.begin * l.x.step;
          t.lines = lines.end - lines.begin;
          t.pixels = pixels.end - pixels.begin;
          t.src = src + n * inputs(c).image() + (at_y * l.x.extent + at_x) * c.w.src_pitch;
          t.diff = diff_dst + ((n * height + lines.begin) * c.w.out_width + pixels.begin) * c.w.dst_pitch;
          t.sums = sums + (l.y.k[i] * c.w.kernel_width + l.x.k[j]) * c.groups;
          add_up(t);
        }
      }
    }
  }
}

template <typename Src, typename Diff>
int backward_weights_of(const Conv2d& c, const Src* src, const Diff* diff_dst, float* diff_weights, float* diff_bias,
                        void* memory, int64_t bytes) {
  QUERN_TRY(check_workspace("conv2d", memory, bytes, workspace(c)));
  if (diff_bias != nullptr) {
    column_sums(c.rows, c.out_channels, diff_dst, c.w.dst_pitch, diff_bias, static_cast<double*>(memory));
  }
  float* sums = reinterpret_cast<float*>(static_cast<char*>(memory) + column_sums_bytes(c.rows, c.out_channels));
  const int64_t parts = parts_of(c), rows = c.batch * c.w.out_height, taps = taps_of(c);
  const Lines lines = forward_lines(c);
  // each channel's sums are its own, so that in how many blocks they are handed out may depend on the threads
  const int64_t lanes = kernels().lanes, vectors = divide_up(c.groups, lanes), blocks = column_splits(parts, vectors);
  parallel_for(parts * blocks, [&](int64_t i) {
    const int64_t part = i / blocks, block = i % blocks;
    const int64_t begin = rows * part / parts, end = rows * (part + 1) / parts;
    const int64_t first = vectors * block / blocks * lanes;
    const int64_t last = std::min(vectors * (block + 1) / blocks * lanes, c.groups);
    add_rows(c, lines, begin, end, first, last, src, diff_dst, sums + part * sums_floats(c));
  });
  add_parts(parts, sums_floats(c), sums);
  kernels().transpose_rows(taps, c.groups, sums, c.groups, diff_weights, taps);
  return QUERN_OK;
}

int backward_weights(const Conv2d& c, const void* src, const void* diff_dst, float* diff_weights, float* diff_bias,
                     void* memory, int64_t bytes) {
  int status = QUERN_OK;
  with_type(c.types.saved, src, [&](auto* from) {
    with_type(c.types.diff_dst, diff_dst,
              [&](auto* diff) { status = backward_weights_of(c, from, diff, diff_weights, diff_bias, memory, bytes); });
  });
  return status;
}

}  // namespace

const Conv2dImplementation conv2d_depthwise{"depthwise", refuses, plain_packed,  of_f32<pack>,
                                            workspace,   forward, backward_data, backward_weights};

}  // namespace quern
