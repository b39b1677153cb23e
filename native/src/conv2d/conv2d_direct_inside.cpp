// Direct convolution in inference where most taps lie outside the image, as those of large dilations on small images
// do (atrous convolution, Chen et al., "Rethinking Atrous Convolution for Semantic Image Segmentation", 2017). Output
// pixels that the same taps reach form a rectangle; its sum has these taps alone, and reads the input where it lies.
#include <algorithm>

#include "conv2d/conv2d_direct.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kMostSegments = 16;
constexpr int64_t kMostPerSegment = 64;  // outputs, so that the lines of a rectangle fit on the stack

// Outputs [begin, end) of an axis, which have the taps [from, to).
struct Segment {
  int64_t begin, end, from, to;
  int64_t outputs() const { return end - begin; }
  int64_t taps() const { return to - from; }
};

Segment at(const DirectAxis& a, int64_t o) {
  const auto inside = [&](int64_t t) {
    const int64_t i = o * a.stride + a.first + t * a.step;
    return i >= 0 && i < a.in;
  };
  Segment s{o, o + 1, 0, a.taps};
  while (s.from < s.to && !inside(s.from)) s.from++;
  while (s.to > s.from && !inside(s.to - 1)) s.to--;
  return s;
}

struct Segments {
  Segment list[kMostSegments];
  int64_t count = 0;
  int64_t taps = 0;  // of all outputs
  bool fit = true;

  explicit Segments(const DirectAxis& a) {
    for (int64_t o = 0; o < a.out; o++) {
      const Segment next = at(a, o);
      Segment* last = count == 0 ? nullptr : &list[count - 1];
      if (last != nullptr && last->from == next.from && last->to == next.to && last->outputs() < kMostPerSegment) {
        last->end++;
      } else if (fit = count < kMostSegments && next.taps() > 0; fit) {
        list[count++] = next;
      } else {
        return;
      }
      taps += next.taps();
    }
  }
};

// The columns of one block for a rectangle of one image's pixels.
void run_rectangle(const DirectPass& p, const Segment& y, const Segment& x, const float* image, int64_t block,
                   const void* weights, const Post& post, int64_t first_pixel, float* dst) {
  const int64_t column = p.column_of(block), width = p.vectors_of(block) * p.lanes;
  int64_t src_lines[kMostPerSegment], dst_lines[kMostPerSegment], runs[kMostSegments];
  for (int64_t i = 0; i < y.outputs(); i++) {
    src_lines[i] = i * p.y.stride * p.x.in * p.in_pitch;
    dst_lines[i] = (first_pixel + (y.begin + i) * p.out_y + x.begin * p.out_x) * p.out_pitch;
  }
  for (int64_t t = 0; t < x.taps(); t++) runs[t] = t * p.x.step * p.in_pitch;
  const int64_t left = x.begin * p.x.stride + p.x.first + x.from * p.x.step;
  ConvRow row{};
  row.src_step = p.x.stride * p.in_pitch;
  row.src_lines = src_lines;
  row.runs = runs;
  row.run_count = x.taps();
  row.run_length = p.depth;
  row.dst = dst + column;
  row.dst_step = p.out_x * p.out_pitch;
  row.dst_lines = dst_lines;
  row.lines = y.outputs();
  row.pixels = x.outputs();
  row.columns = std::min(width, p.columns - column);
  row.vectors = p.vectors_of(block);
  row.post = post.from(column);
  for (int64_t t = y.from; t < y.to; t++) {
    const int64_t top = y.begin * p.y.stride + p.y.first + t * p.y.step;
    row.src = image + (top * p.x.in + left) * p.in_pitch;
    row.weights = p.at(weights, p.taps() * p.depth * column + (t * p.x.taps + x.from) * p.depth * width);
    row.first = t == y.from;
    row.last = t + 1 == y.to;
    direct_row(p, row);
  }
}

}  // namespace

double direct_taps_inside(const DirectPass& p) noexcept {
  if (p.y.taps > kMostSegments || p.x.taps > kMostSegments) return 1.0;
  const Segments y(p.y), x(p.x);
  if (!y.fit || !x.fit) return 1.0;
  return static_cast<double>(y.taps) * static_cast<double>(x.taps) /
         (static_cast<double>(p.y.out * p.x.out) * static_cast<double>(p.taps()));
}

void direct_inside(const DirectPass& p, int64_t batch, int64_t groups, const float* src, const void* packed,
                   const Post& post, float* dst) noexcept {
  const Segments y(p.y), x(p.x);
  const int64_t rectangles = y.count * x.count;
  parallel_for(batch * groups * rectangles * p.blocks, [&](int64_t i) {
    const int64_t block = i % p.blocks, rectangle = i / p.blocks % rectangles;
    const int64_t g = i / p.blocks / rectangles % groups, n = i / p.blocks / rectangles / groups;
    run_rectangle(p, y.list[rectangle / x.count], x.list[rectangle % x.count],
                  src + n * p.y.in * p.x.in * p.in_pitch + g * p.depth, block, p.at(packed, g * p.packed),
                  post.from(g * p.columns), n * p.image_pixels + p.out_first, dst + g * p.columns);
  });
}

}  // namespace quern
