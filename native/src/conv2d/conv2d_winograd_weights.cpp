// The weights' gradient by Winograd: with transformed inputs and transformed gradients of the outputs, each slab is a
// sum of outer products over the tiles, which is transformed back into 3x3 kernels.
#include <algorithm>
#include <cstring>

#include "conv2d/bias.h"
#include "conv2d/conv2d_winograd.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kBlockChannels = 128;  // both ways: a slab's tiles and sums stay in L2
constexpr int64_t kMostTiles = 128;      // that pass together: sums, which come from farther, are read once for all
constexpr int64_t kLeastTiles = 64;      // of a share, and that pass together
constexpr int64_t kSmallSums = 8192;  // of a slab, read more often: where tiles stay in L2 in their place, 15 % faster
constexpr int64_t kTilesFloats = 368640;
constexpr int64_t kPieces = 8;  // of work, where there are fewer pairs of blocks, and tiles enough
constexpr int64_t kLineFloats = 16;
constexpr int64_t kCutRows = 16;  // kernels that become larger ones at once

// Channels in blocks of nearly one size.
struct Blocks {
  int64_t channels, width, count;  // width in whole vectors

  explicit Blocks(int64_t all) : channels(all) {
    const int64_t lanes = kernels().lanes, vectors = divide_up(all, lanes);
    count = divide_up(vectors * lanes, kBlockChannels);
    width = divide_up(vectors, count) * lanes;
  }
  int64_t size(int64_t block) const { return std::min(width, channels - block * width); }
};

// A piece of work is a share of the tiles, a block of inputs and one of outputs. A single share's sums are transformed
// back while they are in cache; those of several are added up first.
struct Sums {
  WinogradPass p;
  Blocks in, out;
  int64_t blocks;       // pairs of them, of all groups
  int64_t floats;       // of the sums of a pair
  int64_t shares, own;  // own: tiles of a share
  int64_t in_pitch, out_pitch;
  int64_t most;                     // tiles of a group
  int64_t from, to;                 // pointers of a slot
  int64_t none, inputs, gradients;  // floats of a slot, of which a single share keeps its sums there, too

  explicit Sums(const Conv2d& c) : p(winograd_forward(c)), in(p.depth), out(p.columns) {
    blocks = c.groups * in.count * out.count;
    floats = p.slabs() * in.width * out.width;
    shares = std::max<int64_t>(std::min(kPieces / blocks, p.tiles / kLeastTiles), 1);
    own = divide_up(p.tiles, shares);
    in_pitch = odd_pitch(in.width, kBlockChannels), out_pitch = odd_pitch(out.width, kBlockChannels);
    const int64_t fit = kTilesFloats / (p.slabs() * (in_pitch + out_pitch));
    most = in.width * out.width > kSmallSums ? kMostTiles : std::clamp(fit, kLeastTiles, kMostTiles);
    set_group(std::max<int64_t>(divide_up(own, std::max<int64_t>(divide_up(own, most), 1)), 1));
  }

  void set_group(int64_t tiles) {
    p.group = tiles;
    from = p.pointers(p.slabs());
    to = p.pointers(p.m * p.m);
    none = std::max(round_up(p.channels, p.lanes), out.width);
    inputs = p.slabs() * p.slab(p.group * in_pitch);
    gradients = p.slabs() * p.slab(p.group * out_pitch);
  }

  int64_t kept() const { return shares > 1 ? 0 : floats; }
  int64_t slot_bytes() const { return round_up((from + to) * 8 + (none + inputs + gradients + kept()) * 4, 64); }
  int64_t fixed_bytes(const Conv2d& c) const {
    const int64_t added = shares > 1 ? shares * blocks * floats * 4 : 0;
    return round_up(column_sums_bytes(c.rows, c.out_channels) + added, 64);
  }
  int64_t bytes(const Conv2d& c) const {
    return fixed_bytes(c) + std::min<int64_t>(threads(), shares * blocks) * slot_bytes();
  }
};

// A pair of blocks.
struct Block {
  int64_t group, in, out;
  Block(const Sums& s, int64_t i)
      : group(i / (s.in.count * s.out.count)), in(i / s.out.count % s.in.count), out(i % s.out.count) {}
};

// Transforms the sums of `line`, a cache line of outputs, back into kernels.
void finish(const Conv2d& c, const Sums& s, const Block& b, int64_t line, const float* sums, float* diff_weights) {
  const WinogradPass& p = s.p;
  const int64_t begin = line * kLineFloats, columns = std::min(kLineFloats, s.out.size(b.out) - begin);
  const int64_t rows = s.in.size(b.in), start = b.in * s.in.width, slab = s.in.width * s.out.width;
  float* first = diff_weights + (b.group * p.columns + b.out * s.out.width + begin) * c.depth;
  if (is_3x3(c)) {
    const WinogradKernels k{p.m, rows, columns, 9, c.depth, false, slab, s.out.width};
    kernels().winograd_unpack(k, sums + begin, first + start * 9);
    return;
  }
  const int64_t taps = c.w.kernel_height * c.w.kernel_width;
  float cut[kLineFloats * kCutRows * 9];
  for (int64_t some = 0; some < rows; some += kCutRows) {
    const int64_t count = std::min(kCutRows, rows - some);
    const WinogradKernels k{p.m, count, columns, 9, kCutRows * 9, false, slab, s.out.width};
    kernels().winograd_unpack(k, sums + some * s.out.width + begin, cut);
    each_winograd_part(p, start + some, start + some + count, [&](int64_t part, int64_t from, int64_t to, int64_t at) {
      const WinogradTaps nine(c, p, part, false);
      for (int64_t j = 0; j < columns; j++) {
        for (int64_t i = from; i < to; i++) {
          nine.write(cut + (j * kCutRows + at + i - from) * 9, first + j * c.depth + i * taps);
        }
      }
    });
  }
}

int64_t lines(const Sums& s) { return divide_up(s.out.width, kLineFloats); }

// Adds a share of the tiles to the sums of a pair, or begins them; src begins with the group's first channel, diff_dst
// with the pair's.
void add_tiles(const Sums& s, int64_t share, const Block& b, const float* src, const float* diff_dst, float* sums,
               void* memory) {
  const WinogradPass& p = s.p;
  const float** from = static_cast<const float**>(memory);
  const float** to = from + s.from;
  float* none = reinterpret_cast<float*>(to + s.to);
  float *inputs = none + s.none, *gradients = inputs + s.inputs;
  const int64_t in_slab = p.slab(p.group * s.in_pitch), out_slab = p.slab(p.group * s.out_pitch);
  std::memset(none, 0, static_cast<size_t>(s.none) * sizeof(float));
  const int64_t start = b.in * s.in.width, begin = std::min(share * s.own, p.tiles),
                end = std::min(begin + s.own, p.tiles);
  if (begin == end) std::memset(sums, 0, static_cast<size_t>(s.floats) * sizeof(float));  // no image at all
  for (int64_t first = begin; first < end; first += p.group) {
    const int64_t count = std::min(p.group, end - first);
    each_winograd_part(p, start, start + s.in.size(b.in), [&](int64_t part, int64_t from_c, int64_t to_c, int64_t at) {
      winograd_pixels<const float>(p, seen_by(p, part), first, count, src, none, from);
      kernels().winograd_input(p.m, count, from_c, to_c, from, inputs + at, in_slab, s.in_pitch);
    });
    winograd_pixels<const float>(p, p.out, first, count, diff_dst, none, to);
    kernels().winograd_gradient(p.m, count, s.out.size(b.out), to, gradients, out_slab, s.out_pitch);
    ConvOuter o{};
    o.a_step = s.in_pitch;
    o.b_step = s.out_pitch;
    o.count = count;
    o.lines = o.images = 1;
    o.first = first == begin;
    o.c_step = s.out.width;
    o.rows = s.in.size(b.in);
    o.columns = round_up(s.out.size(b.out), p.lanes);
    for (int64_t slab = 0; slab < p.slabs(); slab++) {
      o.a = inputs + slab * in_slab;
      o.b = gradients + slab * out_slab;
      o.c = sums + slab * s.in.width * s.out.width;
      kernels().conv_outer(o);
    }
  }
}

}  // namespace

// For the largest group of all batches that have no more tiles, and for those that are a single share.
int64_t winograd_weights_workspace(const Conv2d& c) {
  Sums s(c);
  s.set_group(std::clamp<int64_t>(s.p.tiles, 1, s.most));
  Sums few = s;
  few.shares = 1;
  return std::max(s.bytes(c), few.bytes(c));
}

int winograd_backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights,
                              float* diff_bias, void* memory, int64_t bytes) {
  const Sums s(c);
  const int64_t least = s.fixed_bytes(c) + s.slot_bytes();
  QUERN_TRY(check_workspace("conv2d", memory, bytes, least));
  if (diff_bias != nullptr) {
    column_sums(c.rows, c.out_channels, diff_dst, c.w.dst_pitch, diff_bias, static_cast<double*>(memory));
  }
  char* bytes_of = static_cast<char*>(memory);
  float* sums = reinterpret_cast<float*>(bytes_of + column_sums_bytes(c.rows, c.out_channels));
  char* slots = bytes_of + s.fixed_bytes(c);
  const int64_t fit = (bytes - s.fixed_bytes(c)) / s.slot_bytes();
  parallel_for(s.shares * s.blocks, static_cast<int>(std::min<int64_t>(fit, kMaxThreads)), [&](int64_t i, int slot) {
    const Block b(s, i % s.blocks);
    char* own = slots + slot * s.slot_bytes();
    float* kept = reinterpret_cast<float*>(own + (s.from + s.to) * 8) + s.none + s.inputs + s.gradients;
    float* to = s.shares > 1 ? sums + i * s.floats : kept;
    add_tiles(s, i / s.blocks, b, src + b.group * s.p.channels, diff_dst + b.group * s.p.columns + b.out * s.out.width,
              to, own);
    for (int64_t line = 0; s.shares == 1 && line < lines(s); line++) finish(c, s, b, line, to, diff_weights);
  });
  if (s.shares > 1) {
    add_parts(s.shares, s.blocks * s.floats, sums);
    parallel_for(s.blocks * lines(s), [&](int64_t i) {
      finish(c, s, Block(s, i / lines(s)), i % lines(s), sums + i / lines(s) * s.floats, diff_weights);
    });
  }
  return QUERN_OK;
}

}  // namespace quern
