// The weights' gradient by Winograd: with transformed inputs and transformed gradients of the outputs, each slab is a
// sum of outer products over the tiles, which is transformed back into 3x3 kernels.
#include <algorithm>
#include <cstring>

#include "bias.h"
#include "checks.h"
#include "conv2d_winograd.h"
#include "threads.h"

namespace quern {
namespace {

constexpr int64_t kMostParts = 8;  // partial sums
constexpr int64_t kPartFloats = int64_t{8} << 20;

// A piece of work is a part of the tiles and a block of output channels.
struct Sums {
  WinogradPass p;
  int64_t block;  // floats of the sums of a block
  int64_t parts;
  int64_t from, to;                 // pointers of a slot
  int64_t none, inputs, gradients;  // floats of a slot

  explicit Sums(const Conv2d& c) : p(winograd_forward(c)) {
    block = p.slabs() * p.depth * p.width();
    const int64_t affordable = std::max<int64_t>(kPartFloats / (block * p.blocks * c.groups), 1);
    parts = std::max<int64_t>(std::min({p.groups(), kMostParts, affordable}), 1);
    from = p.group * p.slabs();
    to = p.group * p.m * p.m;
    none = std::max(p.depth_pitch(), p.columns);
    inputs = p.slabs() * p.slab(p.depth_pitch());
    gradients = p.slabs() * p.slab(p.width());
  }

  int64_t pieces(const Conv2d& c) const { return parts * c.groups * p.blocks; }
  int64_t slot_bytes() const { return ((from + to) * 8 + (none + inputs + gradients) * 4 + 63) / 64 * 64; }
  int64_t fixed_bytes(const Conv2d& c) const {
    return (column_sums_bytes(c.rows, c.out_channels) + pieces(c) * block * 4 + 63) / 64 * 64;
  }
};

void add_piece(const Sums& s, int64_t part, int64_t block, const float* src, const float* diff_dst, float* sums,
               void* memory) {
  const WinogradPass& p = s.p;
  const float** from = static_cast<const float**>(memory);
  const float** to = from + s.from;
  float* none = reinterpret_cast<float*>(to + s.to);
  float *inputs = none + s.none, *gradients = inputs + s.inputs;
  const int64_t column = block * p.width(), columns = std::min(p.width(), p.columns - column);
  std::memset(none, 0, static_cast<size_t>(s.none) * sizeof(float));
  const int64_t begin = p.groups() * part / s.parts, end = p.groups() * (part + 1) / s.parts;
  if (begin == end) std::memset(sums, 0, static_cast<size_t>(s.block) * sizeof(float));  // no image at all
  for (int64_t i = begin; i < end; i++) {
    const int64_t first = i * p.group, count = std::min(p.group, p.tiles - first);
    winograd_pixels<const float>(p, p.in, first, count, src, none, from);
    winograd_pixels<const float>(p, p.out, first, count, diff_dst + column, none, to);
    kernels().winograd_input(p.m, count, p.depth, from, inputs, p.slab(p.depth_pitch()), p.depth_pitch());
    kernels().winograd_gradient(p.m, count, columns, to, gradients, p.slab(p.width()), p.width());
    ConvOuter o{};
    o.a_step = p.depth_pitch();
    o.b_step = p.width();
    o.count = count;
    o.lines = o.images = 1;
    o.first = i == begin;
    o.c_step = p.width();
    o.rows = p.depth;
    o.columns = (columns + p.lanes - 1) / p.lanes * p.lanes;
    for (int64_t slab = 0; slab < p.slabs(); slab++) {
      o.a = inputs + slab * p.slab(p.depth_pitch());
      o.b = gradients + slab * p.slab(p.width());
      o.c = sums + slab * p.depth * p.width();
      kernels().conv_outer(o);
    }
  }
}

// Adds the partial sums in their order, to the first, and brings those into OIHW.
void reduce(const Conv2d& c, const Sums& s, float* sums, float* diff_weights) {
  const WinogradPass& p = s.p;
  add_parts(s.parts, c.groups * p.blocks * s.block, sums);
  parallel_for(c.groups * p.blocks * p.vectors, [&](int64_t piece) {
    const int64_t v = piece % p.vectors, g = piece / p.vectors / p.blocks;
    const int64_t first = (piece / p.vectors % p.blocks * p.vectors + v) * p.lanes;
    float taps[9 * kMostLanes];
    for (int64_t k = 0; first < p.columns && k < p.depth; k++) {
      kernels().winograd_weights_gradient(p.m, sums + piece / p.vectors * s.block + k * p.width() + v * p.lanes,
                                          p.depth * p.width(), taps);
      for (int64_t lane = 0; lane < std::min(p.lanes, p.columns - first); lane++) {
        float* kernel = diff_weights + ((g * p.columns + first + lane) * p.depth + k) * 9;
        for (int64_t t = 0; t < 9; t++) kernel[t] = taps[t * p.lanes + lane];
      }
    }
  });
}

}  // namespace

int64_t winograd_weights_workspace(const Conv2d& c) {
  const Sums s(c);
  return s.fixed_bytes(c) + threads() * s.slot_bytes();
}

int winograd_backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights,
                              float* diff_bias, void* memory, int64_t bytes) {
  const Sums s(c);
  const int64_t least = s.fixed_bytes(c) + s.slot_bytes();
  if (memory == nullptr || bytes < least) {
    return fail(QUERN_WORKSPACE, "conv2d: workspace of %lld bytes is smaller than the %lld that are needed",
                static_cast<long long>(bytes), static_cast<long long>(least));
  }
  if (diff_bias != nullptr) {
    column_sums(c.rows, c.out_channels, diff_dst, c.w.dst_pitch, diff_bias, static_cast<double*>(memory));
  }
  const WinogradPass& p = s.p;
  char* bytes_of = static_cast<char*>(memory);
  float* sums = reinterpret_cast<float*>(bytes_of + column_sums_bytes(c.rows, c.out_channels));
  char* slots = bytes_of + s.fixed_bytes(c);
  const int64_t fit = (bytes - s.fixed_bytes(c)) / s.slot_bytes();
  parallel_for(s.pieces(c), static_cast<int>(std::min<int64_t>(fit, kMaxThreads)), [&](int64_t piece, int slot) {
    const int64_t block = piece % p.blocks, g = piece / p.blocks % c.groups, part = piece / p.blocks / c.groups;
    add_piece(s, part, block, src + g * p.depth, diff_dst + g * p.columns, sums + piece * s.block,
              slots + slot * s.slot_bytes());
  });
  reduce(c, s, sums, diff_weights);
  return QUERN_OK;
}

}  // namespace quern
