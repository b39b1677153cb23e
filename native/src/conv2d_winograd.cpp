// conv2d with 3x3 kernels and stride 1 in fewer multiplications, for forward and, as a convolution of the output's
// gradient with turned kernels, for backward data.
#include "conv2d_winograd.h"

#include <algorithm>
#include <cstring>

#include "checks.h"
#include "threads.h"

namespace quern {
namespace {

constexpr int64_t kGroupFloats = 163840;  // 640 KiB of transformed tiles stay in L2
constexpr int64_t kStayFloats = 262144;   // 1 MiB of packed weights that stay in L2 from one group to the next
constexpr int64_t kLeastTiles = 12;       // that share a reading of the weights
constexpr int64_t kMostTiles = 128;
constexpr int64_t kOneGroup = 16;  // so few tiles pass together: reading the weights is most of the work
constexpr int64_t kLeastChannels = 8;
constexpr int64_t kFewTiles = 2;
constexpr int64_t kLargeWeights = 65536;  // of a tap

int64_t divide_up(int64_t a, int64_t b) { return (a + b - 1) / b; }

WinogradPass finished(WinogradPass p, int64_t batch) {
  const auto tiles = [&](int64_t m) { return divide_up(p.out.height, m) * divide_up(p.out.width, m); };
  p.m = tiles(2) * 16 < tiles(4) * 36 ? 2 : 4;
  p.tiles_y = divide_up(p.out.height, p.m);
  p.tiles_x = divide_up(p.out.width, p.m);
  p.tiles = batch * p.tiles_y * p.tiles_x;
  p.in.side = p.m + 2;
  p.out.side = p.m;
  p.lanes = kernels().lanes;
  const int64_t all = divide_up(p.columns, p.lanes);
  p.blocks = divide_up(all, kernels().most_vectors);
  p.vectors = divide_up(all, p.blocks);
  const int64_t fit = kGroupFloats / (p.slabs() * (p.depth_pitch() + p.width()));
  const int64_t most = std::max(std::min(fit, kMostTiles), kLeastTiles), some = std::max<int64_t>(p.tiles, 1);
  p.group = some <= kOneGroup ? some : divide_up(some, divide_up(some, most));  // groups of nearly one size
  return p;
}

const char* refuses(const Conv2d& c) {
  const Windows& w = c.w;
  if (c.strict) return "strict precision forbids it";
  if (w.kernel_height != 3 || w.kernel_width != 3) return "the kernel is not 3x3";
  if (w.stride_height != 1 || w.stride_width != 1) return "the stride is not 1";
  if (w.dilation_height != 1 || w.dilation_width != 1) return "the kernel is dilated";
  if (w.channels < kLeastChannels || c.out_per_group < kLeastChannels) return "fewer than 8 channels fill no vector";
  return nullptr;
}

// Whether weights are packed for direct convolution too. Not by the batch: plans of any size share them.
bool keeps_direct(const Conv2d& c) {
  const WinogradPass p = winograd_forward(c);
  return c.inference && p.tiles_y * p.tiles_x <= kFewTiles && c.weights >= 9 * kLargeWeights &&
         conv2d_direct.refuses(c) == nullptr;
}

// Packed weights are four times the weights, and twice in training, where they would be read once: there each pass
// packs for itself, into its workspace.
int64_t packed_floats(const Conv2d& c) {
  if (!c.inference) return 0;
  return winograd_forward(c).packed() * c.groups + (keeps_direct(c) ? conv2d_direct.packed(c) : 0);
}

// The kernels of inputs [begin, begin + rows) and a block of columns, of a group, to slabs; `turned`: for backward
// data, whose inputs are the outputs.
void pack_block(const Conv2d& c, const WinogradPass& p, bool turned, int64_t begin, int64_t rows, int64_t block,
                const float* weights, float* packed, int64_t slab) {
  const int64_t output = c.w.channels * 9, row = turned ? output : 9, column = turned ? 9 : output;
  const int64_t first = block * p.width();
  const WinogradKernels k{p.m, rows, std::min(p.width(), p.columns - first), row, column, turned, slab, p.width()};
  kernels().winograd_pack(k, weights + begin * row + first * column, packed);
}

void pack_groups(const Conv2d& c, const WinogradPass& p, bool turned, const float* weights, float* packed) {
  parallel_for(c.groups * p.blocks, [&](int64_t piece) {
    const int64_t g = piece / p.blocks, block = piece % p.blocks, slab = p.depth * p.width();
    pack_block(c, p, turned, 0, p.depth, block, weights + g * c.out_per_group * c.w.channels * 9,
               packed + g * p.packed() + block * p.slabs() * slab, slab);
  });
}

void pack(const Conv2d& c, const float* weights, float* packed) {
  if (!c.inference) return;
  const WinogradPass forward = winograd_forward(c);
  pack_groups(c, forward, false, weights, packed);
  if (keeps_direct(c)) conv2d_direct.pack(c, weights, packed + forward.packed() * c.groups);
}

// A thread's memory.
struct Slot {
  int64_t from, to;                // pointers
  int64_t none, inputs, products;  // floats: a pixel of zeros, transformed inputs, products of a block
  explicit Slot(const WinogradPass& p)
      : from(p.group * p.slabs()),
        to(p.group * p.m * p.m),
        none(p.depth_pitch()),
        inputs(p.slabs() * p.slab(p.depth_pitch())),
        products(p.slabs() * p.slab(p.width())) {}
  int64_t bytes() const { return ((from + to) * 8 + (none + inputs + products) * 4 + 63) / 64 * 64; }
};

// The blocks [begin, end) of a group's columns, for the tiles from `first` on; `fresh`: their inputs are to be
// transformed, which a thread's memory otherwise holds.
void run_tiles(const WinogradPass& p, int64_t first, int64_t begin, int64_t end, bool fresh, const float* src,
               const float* packed, const Post& post, float* dst, void* memory) {
  const Slot slot(p);
  const float** from = static_cast<const float**>(memory);
  float** to = static_cast<float**>(memory) + slot.from;
  float* none = reinterpret_cast<float*>(to + slot.to);
  float *inputs = none + slot.none, *products = inputs + slot.inputs;
  const int64_t count = std::min(p.group, p.tiles - first), start = 0;
  const int64_t in_slab = p.slab(p.depth_pitch()), out_slab = p.slab(p.width());
  if (fresh) {
    std::memset(none, 0, static_cast<size_t>(slot.none) * sizeof(float));
    winograd_pixels<const float>(p, p.in, first, count, src, none, from);
    winograd_pixels<float>(p, p.out, first, count, dst, nullptr, to);
    kernels().winograd_input(p.m, count, p.depth, from, inputs, in_slab, p.depth_pitch());
  }
  ConvRow row{};
  row.src_step = p.depth_pitch();
  row.runs = &start;
  row.run_count = 1;
  row.run_length = p.depth;
  row.dst_step = p.width();
  row.src_lines = row.dst_lines = &start;
  row.lines = 1;
  row.pixels = count;
  row.columns = p.width();
  row.vectors = p.vectors;
  row.first = row.last = true;
  const bool cold = p.packed() > kStayFloats || p.groups() <= threads();
  for (int64_t block = begin; block < end; block++) {
    for (int64_t s = 0; s < p.slabs(); s++) {
      row.src = inputs + s * in_slab;
      row.weights = packed + (block * p.slabs() + s) * p.depth * p.width();
      if (cold) row.ahead = row.weights + p.depth * p.width();
      row.dst = products + s * out_slab;
      kernels().conv_row(row);
    }
    const int64_t column = block * p.width();
    const int64_t last = std::min(column + p.width(), p.columns);
    kernels().winograd_output(p.m, count, column, last, products, out_slab, p.width(), post, dst, to);
    if (post.sums != nullptr) {
      double* sums = post.sums + first / p.group * 2 * post.channels;
      kernels().moments_at(count * p.m * p.m, to, column, last, sums, sums + post.channels);
    }
  }
}

// Of a pass that packs.
int64_t packed_bytes(const Conv2d& c, const WinogradPass& p) {
  return c.inference ? 0 : (p.packed() * c.groups * 4 + 63) / 64 * 64;
}

// `weights` are packed in inference.
int run(const Conv2d& c, const WinogradPass& p, bool turned, const float* src, const float* weights, const Post& post,
        float* dst, void* memory, int64_t bytes) {
  const int64_t slot = Slot(p).bytes(), own = packed_bytes(c, p);
  if (memory == nullptr || bytes < own + slot) {
    return fail(QUERN_WORKSPACE, "conv2d: workspace of %lld bytes is smaller than the %lld that are needed",
                static_cast<long long>(bytes), static_cast<long long>(own + slot));
  }
  char* slots = static_cast<char*>(memory) + own;
  if (!c.inference) pack_groups(c, p, turned, weights, static_cast<float*>(memory));
  const float* packed = c.inference ? weights : static_cast<const float*>(memory);
  const int64_t pieces = p.groups() * c.groups;
  const int64_t splits = column_splits(pieces, p.blocks, kManyPieces);
  const Slots each(bytes - own, slot);
  Held held;
  parallel_for(pieces * splits, each.count, [&](int64_t i, int thread) {
    const int64_t piece = i / splits, g = piece % c.groups, split = i % splits;
    run_tiles(p, piece / c.groups * p.group, split * p.blocks / splits, (split + 1) * p.blocks / splits,
              held.changes(thread, piece), src + g * p.depth, packed + g * p.packed(), post.from(g * p.columns),
              dst + g * p.columns, slots + thread * each.bytes);
  });
  return QUERN_OK;
}

int64_t workspace(const Conv2d& c) {
  const auto pass = [&](const WinogradPass& p) { return packed_bytes(c, p) + threads() * Slot(p).bytes(); };
  const int64_t forward = pass(winograd_forward(c));
  if (c.inference) return keeps_direct(c) ? std::max(forward, conv2d_direct.workspace(c)) : forward;
  return std::max({forward, pass(winograd_backward(c)), winograd_weights_workspace(c)});
}

int forward(const Conv2d& c, const float* src, const float* packed, const Post& post, float* dst, void* memory,
            int64_t bytes) {
  return run(c, winograd_forward(c), false, src, packed, post, dst, memory, bytes);
}

int64_t sum_pieces(const Conv2d& c) { return winograd_forward(c).groups(); }

int forward_few(const Conv2d& c, const float* src, const float* packed, const Post& post, float* dst, void* memory,
                int64_t bytes) {
  return conv2d_direct.forward(c, src, packed + winograd_forward(c).packed() * c.groups, post, dst, memory, bytes);
}

int backward_data(const Conv2d& c, const float* diff_dst, const float* packed, float* diff_src, void* memory,
                  int64_t bytes) {
  return run(c, winograd_backward(c), true, diff_dst, packed, Post{}, diff_src, memory, bytes);
}

}  // namespace

WinogradPass winograd_forward(const Conv2d& c) noexcept {
  const Windows& w = c.w;
  WinogradPass p{};
  p.in = {w.in_height, w.in_width, w.src_pitch, w.padding_height, w.padding_width, 0};
  p.out = {w.out_height, w.out_width, w.dst_pitch, 0, 0, 0};
  p.depth = w.channels;
  p.columns = c.out_per_group;
  return finished(p, c.batch);
}

WinogradPass winograd_backward(const Conv2d& c) noexcept {
  const Windows& w = c.w;
  WinogradPass p{};
  p.in = {w.out_height, w.out_width, w.dst_pitch, 2 - w.padding_height, 2 - w.padding_width, 0};
  p.out = {w.in_height, w.in_width, w.src_pitch, 0, 0, 0};
  p.depth = c.out_per_group;
  p.columns = w.channels;
  return finished(p, c.batch);
}

bool winograd_few(const Conv2d& c) noexcept { return keeps_direct(c) && winograd_forward(c).tiles <= kFewTiles; }

const Conv2dImplementation conv2d_winograd_few{"direct",  refuses,     packed_floats, pack,
                                               workspace, forward_few, backward_data, winograd_backward_weights};
const Conv2dImplementation conv2d_winograd{"winograd", refuses,      packed_floats, pack,
                                           workspace,  forward,      backward_data, winograd_backward_weights,
                                           sum_pieces, winograd_cost};

}  // namespace quern
