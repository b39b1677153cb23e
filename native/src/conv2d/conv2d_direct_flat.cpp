// Direct convolution with one tap on every pixel: the batch is one run of pixels, without border or scratch. The linear
// layer in inference also uses it, with rows as pixels.
#include <algorithm>

#include "conv2d/conv2d_direct.h"
#include "kernels/half.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kFlatPixels = 256;    // of a piece without a scratch
constexpr int64_t kLeastPixels = 64;    // of a thread, where pixels are shared out rather than columns
constexpr int64_t kFlatFloats = 65536;  // 256 KiB of weights that pass together; 32 KiB, to stay in L1, are 4 % slower

// Piece number `piece`, pixels [begin, end) of the batch, and the blocks [first, last) of each group's columns.
void run_flat(const DirectPass& p, int64_t groups, int64_t piece, int64_t begin, int64_t end, int64_t first,
              int64_t last, bool once, const float* src, const void* packed, const Post& post, float* dst) {
  for (int64_t g = 0; g < groups; g++) {
    const int64_t to = begin * p.out_pitch, column = g * p.columns;
    Post of = post.from(column);
    if (of.add != nullptr) of.add += to;
    direct_flat(p, end - begin, first, last, once, src + begin * p.in_pitch + g * p.depth, p.at(packed, g * p.packed),
                of, dst + to + column);
    if (post.sums != nullptr) {
      const int64_t from = column + p.column_of(first);
      double* sums = post.sums + piece * 2 * post.channels + from;
      kernels().moments(end - begin, p.column_of(last) - p.column_of(first), dst + to + from, p.out_pitch, sums,
                        sums + post.channels);
    }
  }
}

}  // namespace

void direct_row(const DirectPass& p, const ConvRow& row) noexcept {
  if (p.type == QUERN_F32) return kernels().conv_row(row);
  const HalfKernels& k = *half_kernels();
  p.type == QUERN_BF16 ? k.bf16(row) : k.f16(row);
}

int64_t direct_flat_pieces(int64_t pixels) noexcept { return divide_up(pixels, kFlatPixels); }

// Prefetching the output's lines, or those of a tensor to be added, gains nothing within a network.
void direct_flat(const DirectPass& p, int64_t pixels, int64_t first, int64_t last, bool once, const float* src,
                 const void* packed, const Post& post, float* dst) noexcept {
  const int64_t parts = divide_up(p.depth * p.most_columns(), kFlatFloats), none = 0;
  for (int64_t block = first; block < last; block++) {
    const int64_t column = p.column_of(block), width = p.vectors_of(block) * p.lanes;
    ConvRow row{};
    row.src_step = p.in_pitch;
    row.runs = &none;
    row.run_count = 1;
    row.dst = dst + column;
    row.dst_step = p.out_pitch;
    row.src_lines = row.dst_lines = &none;
    row.lines = 1;
    row.pixels = pixels;
    row.columns = std::min(width, p.columns - column);
    row.vectors = p.vectors_of(block);
    row.post = post.from(column);
    for (int64_t part = 0; part < parts; part++) {
      const int64_t k = p.depth * part / parts;
      row.src = src + k;
      row.run_length = p.depth * (part + 1) / parts - k;
      row.weights = p.at(packed, p.depth * column + k * width);
      if (once) row.ahead = p.at(row.weights, row.run_length * width);
      row.first = part == 0;
      row.last = part + 1 == parts;
      direct_row(p, row);
    }
  }
}

void direct_flat_all(const DirectPass& p, int64_t groups, int64_t pixels, const float* src, const void* packed,
                     const Post& post, float* dst) noexcept {
  // pixels rather than columns between threads: the next layer finds them in its own core's cache
  const int64_t full = direct_flat_pieces(pixels);  // whose number is not the threads', as sums must not be
  const int64_t all = post.sums != nullptr ? full : std::max(full, std::min<int64_t>(threads(), pixels / kLeastPixels));
  const int64_t splits = column_splits(all, p.blocks, kManyPieces);
  const bool once = all <= threads();
  parallel_for(all * splits, [&](int64_t i) {
    const int64_t piece = i / splits, split = i % splits;
    run_flat(p, groups, piece, pixels * piece / all, pixels * (piece + 1) / all, split * p.blocks / splits,
             (split + 1) * p.blocks / splits, once, src, packed, post, dst);
  });
}

}  // namespace quern
