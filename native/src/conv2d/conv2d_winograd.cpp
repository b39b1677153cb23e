// conv2d with stride 1, mostly of 3x3 kernels, in fewer multiplications, for forward and, as a convolution of the
// output's gradient with turned kernels, for backward data.
#include "conv2d/conv2d_winograd.h"

#include <algorithm>
#include <cstring>

#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kGroupFloats = 165888;  // 648 KiB of transformed tiles stay in L2
constexpr int64_t kStayFloats = 262144;   // 1 MiB of packed weights that stay in L2 from one group to the next
constexpr int64_t kLeastTiles = 12, kMostTiles = 128;
constexpr int64_t kLargeFloats = 1000000;  // packed weights that come from L3 or memory for each group,
// wherefore more tiles share a reading; with 128, 3 % faster, 16 threads lack pieces
constexpr int64_t kSharingTiles = 64;
constexpr int64_t kPackingGroups = 2;  // so few groups pack large weights anew, by chunks that stay in L2
constexpr int64_t kChunk = 64;         // inputs of a chunk
constexpr int64_t kPanelColumns = 64;  // that share a reading of transformed tiles from L3
constexpr int64_t kOneGroup = 16;      // so few tiles pass together: reading the weights is most of the work
constexpr int64_t kLeastChannels = 8;
constexpr int64_t kMostParts = 16;  // of 3x3
constexpr int64_t kPackRows = 16;   // kernels that are cut out at once
constexpr int64_t kMostWidth = 64;  // of a block
constexpr int64_t kFewTiles = 4;
constexpr int64_t kLargeWeights = 65536;  // of a tap

// Of so many tiles: their groups, and whether the weights stream.
WinogradPass grouped(WinogradPass p, const Conv2d& c, int64_t tiles) {
  const bool large = p.packed() > kLargeFloats;
  const int64_t some = std::max<int64_t>(tiles, 1);
  p.tiles = tiles;
  p.streams = large && !c.inference && some <= kPackingGroups * kSharingTiles;
  p.chunk = p.streams ? std::min(p.depth, kChunk) : p.depth;
  p.panel = large ? std::min(std::max<int64_t>(kPanelColumns / p.width(), 1), p.blocks) : 1;
  const int64_t fit = kGroupFloats / (p.slabs() * (p.chunk_pitch() + p.width()));
  p.most = large ? kSharingTiles : std::clamp(fit, kLeastTiles, kMostTiles);
  p.group = some <= kOneGroup ? some : divide_up(some, divide_up(some, p.most));  // groups of nearly one size
  return p;
}

WinogradPass finished(WinogradPass p, const Conv2d& c) {
  for (const int64_t m : {2, 4}) {
    const WinogradAxis y(c.w.dilation_height, p.out.height, m), x(c.w.dilation_width, p.out.width, m);
    if (m == 4 && p.per_image() * 16 < y.tiles * x.tiles * 36) break;
    p.m = m, p.y = y, p.x = x;
  }
  p.in.side = p.m + 2;
  p.out.side = p.m;
  p.lanes = kernels().lanes;
  p.parts_y = divide_up(c.w.kernel_height, 3);
  p.parts_x = divide_up(c.w.kernel_width, 3);
  p.part = p.parts() == 1 ? p.channels : round_up(p.channels, p.lanes);
  p.depth = p.parts() * p.part;
  const int64_t all = divide_up(p.columns, p.lanes);
  p.blocks = divide_up(all, kernels().most_vectors);
  p.vectors = divide_up(all, p.blocks);
  return grouped(p, c, c.batch * p.per_image());
}

const char* refuses(const Conv2d& c) {
  const Windows& w = c.w;
  if (c.strict) return "strict precision forbids it";
  if (w.kernel_height < 2 || w.kernel_width < 2) return "the kernel is a line";
  if (divide_up(w.kernel_height, 3) * divide_up(w.kernel_width, 3) > kMostParts)
    return "the kernel has more than 16 parts of 3x3";
  if (w.stride_height != 1 || w.stride_width != 1) return "the stride is not 1";
  if (w.channels < kLeastChannels || c.out_per_group < kLeastChannels) return "fewer than 8 channels fill no vector";
  return nullptr;
}

// Whether weights are packed for direct convolution too. Not by the batch: plans of any size share them.
bool keeps_direct(const Conv2d& c) {
  const WinogradPass p = winograd_forward(c);
  return c.inference && p.per_image() <= kFewTiles && c.weights >= 9 * kLargeWeights &&
         conv2d_direct.refuses(c) == nullptr;
}

// Packed weights are four times the weights, and twice in training, where they would be read once: there each pass
// packs for itself, into its workspace.
int64_t packed_bytes(const Conv2d& c) {
  if (!c.inference) return 0;
  return winograd_forward(c).packed() * c.groups * 4 + (keeps_direct(c) ? conv2d_direct.packed(c) : 0);
}

// The kernels of inputs [begin, begin + rows) of all parts and a block of columns, of a group, to slabs; `turned`: for
// backward data, whose inputs are the outputs.
void pack_block(const Conv2d& c, const WinogradPass& p, bool turned, int64_t begin, int64_t rows, int64_t block,
                const float* weights, float* packed, int64_t slab) {
  const int64_t taps = c.w.kernel_height * c.w.kernel_width, output = c.w.channels * taps;
  const int64_t row = turned ? output : taps, column = turned ? taps : output;
  const int64_t first = block * p.width(), columns = std::min(p.width(), p.columns - first);
  weights += first * column;
  if (is_3x3(c)) {
    const WinogradKernels k{p.m, rows, columns, row, column, turned, slab, p.width()};
    kernels().winograd_pack(k, weights + begin * row, packed);
    return;
  }
  float cut[kMostWidth * kPackRows * 9];
  for (int64_t some = begin; some < begin + rows; some += kPackRows) {
    const int64_t count = std::min(kPackRows, begin + rows - some);
    std::fill(cut, cut + columns * kPackRows * 9, 0.0f);
    each_winograd_part(p, some, some + count, [&](int64_t part, int64_t from, int64_t to, int64_t at) {
      const WinogradTaps nine(c, p, part, turned);
      for (int64_t j = 0; j < columns; j++) {
        for (int64_t i = from; i < to; i++) {
          nine.read(weights + i * row + j * column, cut + (j * kPackRows + at + i - from) * 9);
        }
      }
    });
    const WinogradKernels k{p.m, count, columns, 9, kPackRows * 9, false, slab, p.width()};
    kernels().winograd_pack(k, cut, packed + (some - begin) * p.width());
  }
}

void pack_groups(const Conv2d& c, const WinogradPass& p, bool turned, const float* weights, float* packed) {
  parallel_for(c.groups * p.blocks, [&](int64_t piece) {
    const int64_t g = piece / p.blocks, block = piece % p.blocks, slab = p.depth * p.width();
    pack_block(c, p, turned, 0, p.depth, block, weights + g * c.out_per_group * c.depth,
               packed + g * p.packed() + block * p.slabs() * slab, slab);
  });
}

void pack(const Conv2d& c, const float* weights, void* packed) {
  if (!c.inference) return;
  const WinogradPass forward = winograd_forward(c);
  pack_groups(c, forward, false, weights, static_cast<float*>(packed));
  if (keeps_direct(c)) conv2d_direct.pack(c, weights, static_cast<float*>(packed) + forward.packed() * c.groups);
}

// A thread's memory.
struct Slot {
  int64_t in_slab, weight_slab, out_slab;
  int64_t from, to;                         // pointers
  int64_t none, inputs, weights, products;  // floats: a pixel of zeros, transformed inputs, a panel's weights, products

  explicit Slot(const WinogradPass& p)
      : in_slab(p.slab(p.group * p.chunk_pitch())),
        weight_slab(p.slab(p.chunk * p.panel * p.width())),
        out_slab(p.slab(p.group * p.panel * p.width())),
        from(p.pointers(p.slabs())),
        to(p.pointers(p.m * p.m)),
        none(round_up(p.channels, p.lanes)),
        inputs(p.chunks() * p.slabs() * in_slab),
        weights(p.streams ? p.slabs() * weight_slab : 0),
        products(p.slabs() * out_slab) {}
  int64_t bytes() const { return round_up((from + to) * 8 + (none + inputs + weights + products) * 4, 64); }
};

// A pass, of one group of channels. Weights are packed or, where they stream, plain.
struct Run {
  const Conv2d& c;
  const WinogradPass& p;
  bool turned;
  const float *src, *weights;
  Post post;
  float* dst;

  Run of(int64_t g) const {
    Run r = *this;
    r.src += g * p.channels;
    r.weights += g * (p.streams ? c.out_per_group * c.depth : p.packed());
    r.post = post.from(g * p.columns);
    r.dst += g * p.columns;
    return r;
  }
};

// Some tiles, in a thread's memory.
class Tiles {
 public:
  Tiles(const Run& r, int64_t first, void* memory)
      : r_(r),
        p_(r.p),
        slot_(r.p),
        first_(first),
        count_(std::min(r.p.group, r.p.tiles - first)),
        from_(static_cast<const float**>(memory)),
        to_(static_cast<float**>(memory) + slot_.from),
        none_(reinterpret_cast<float*>(to_ + slot_.to)),
        inputs_(none_ + slot_.none),
        weights_(inputs_ + slot_.inputs),
        products_(weights_ + slot_.weights) {}

  void transform() {
    std::memset(none_, 0, static_cast<size_t>(slot_.none) * sizeof(float));
    winograd_pixels<float>(p_, p_.out, first_, count_, r_.dst, nullptr, to_);
    int64_t listed = -1;  // the part whose pixels are
    for (int64_t chunk = 0; chunk < p_.chunks(); chunk++) {
      const int64_t begin = chunk * p_.chunk, end = std::min(begin + p_.chunk, p_.depth);
      each_winograd_part(p_, begin, end, [&](int64_t part, int64_t from, int64_t to, int64_t at) {
        if (part != listed) winograd_pixels<const float>(p_, seen_by(p_, part), first_, count_, r_.src, none_, from_);
        listed = part;
        kernels().winograd_input(p_.m, count_, from, to, from_, inputs(chunk, 0) + at, slot_.in_slab, p_.chunk_pitch());
      });
    }
  }

  void run_panel(int64_t panel) {
    const int64_t block = panel * p_.panel, blocks = std::min(p_.panel, p_.blocks - block);
    for (int64_t chunk = 0; chunk < p_.chunks(); chunk++) multiply(block, blocks, chunk);
    const int64_t column = block * p_.width(), last = std::min(column + blocks * p_.width(), p_.columns);
    kernels().winograd_output(p_.m, count_, column, last, products_, slot_.out_slab, p_.panel * p_.width(), r_.post,
                              r_.dst, to_);
    if (r_.post.sums == nullptr) return;
    double* sums = r_.post.sums + first_ / p_.group * 2 * r_.post.channels;
    kernels().moments_at(count_ * p_.m * p_.m, to_, column, last, sums, sums + r_.post.channels);
  }

 private:
  float* inputs(int64_t chunk, int64_t slab) { return inputs_ + (chunk * p_.slabs() + slab) * slot_.in_slab; }

  // A chunk of inputs times the weights of some blocks, added to their products.
  void multiply(int64_t block, int64_t blocks, int64_t chunk) {
    const int64_t begin = chunk * p_.chunk, start = 0, floats = p_.chunk * p_.width();
    const bool cold = !p_.streams && (p_.packed() > kStayFloats || p_.groups() <= threads());
    ConvRow row{};
    row.src_step = p_.chunk_pitch();
    row.runs = &start;
    row.run_count = 1;
    row.run_length = std::min(p_.chunk, p_.depth - begin);
    row.dst_step = p_.panel * p_.width();
    row.src_lines = row.dst_lines = &start;
    row.lines = 1;
    row.pixels = count_;
    row.columns = p_.width();
    row.vectors = p_.vectors;
    row.first = chunk == 0;
    row.last = chunk == p_.chunks() - 1;
    for (int64_t b = 0; p_.streams && b < blocks; b++) {
      pack_block(r_.c, p_, r_.turned, begin, row.run_length, block + b, r_.weights, weights_ + b * floats,
                 slot_.weight_slab);
    }
    for (int64_t s = 0; s < p_.slabs(); s++) {
      row.src = inputs(chunk, s);
      for (int64_t b = 0; b < blocks; b++) {
        const float* weights = p_.streams ? weights_ + s * slot_.weight_slab + b * floats
                                          : r_.weights + ((block + b) * p_.slabs() + s) * floats;
        row.weights = weights;
        if (cold) row.ahead = weights + floats;
        row.dst = products_ + s * slot_.out_slab + b * p_.width();
        kernels().conv_row(row);
      }
    }
  }

  const Run& r_;
  const WinogradPass& p_;
  const Slot slot_;
  const int64_t first_, count_;
  const float** from_;
  float** to_;
  float *none_, *inputs_, *weights_, *products_;
};

// Of a pass that packs all weights beforehand.
int64_t pass_packed_bytes(const Conv2d& c, const WinogradPass& p) {
  return c.inference || p.streams ? 0 : round_up(p.packed() * c.groups * 4, 64);
}

// `weights` are packed in inference.
int run(const Conv2d& c, const WinogradPass& p, bool turned, const float* src, const float* weights, const Post& post,
        float* dst, void* memory, int64_t bytes) {
  const int64_t slot = Slot(p).bytes(), own = pass_packed_bytes(c, p);
  QUERN_TRY(check_workspace("conv2d", memory, bytes, own + slot));
  char* slots = static_cast<char*>(memory) + own;
  if (own > 0) pack_groups(c, p, turned, weights, static_cast<float*>(memory));
  const Run all{c, p, turned, src, own > 0 ? static_cast<const float*>(memory) : weights, post, dst};
  const int64_t pieces = p.groups() * c.groups, panels = p.panels();
  const int64_t splits = column_splits(pieces, panels, kManyPieces);
  const Slots each(bytes - own, slot);
  Held held;
  parallel_for(pieces * splits, each.count, [&](int64_t i, int thread) {
    const int64_t piece = i / splits, split = i % splits;
    const Run group = all.of(piece % c.groups);
    Tiles tiles(group, piece / c.groups * p.group, slots + thread * each.bytes);
    if (held.changes(thread, piece)) tiles.transform();
    for (int64_t k = split * panels / splits; k < (split + 1) * panels / splits; k++) tiles.run_panel(k);
  });
  return QUERN_OK;
}

// A smaller batch may have a larger group, or weights that stream. So a pass gets memory for the largest group of all
// that have no more tiles, of those that stream and of those that do not.
int64_t pass_bytes(const Conv2d& c, const WinogradPass& p) {
  const auto bytes = [&](WinogradPass q) {
    q.group = std::clamp<int64_t>(q.tiles, 1, std::max(q.most, kOneGroup));
    return pass_packed_bytes(c, q) + threads() * Slot(q).bytes();
  };
  return std::max(bytes(p), bytes(grouped(p, c, std::min(p.tiles, kPackingGroups * kSharingTiles))));
}

int64_t workspace(const Conv2d& c) {
  const auto pass = [&](const WinogradPass& p) { return pass_bytes(c, p); };
  const int64_t forward = pass(winograd_forward(c));
  if (c.inference) return keeps_direct(c) ? std::max(forward, conv2d_direct.workspace(c)) : forward;
  return std::max({forward, pass(winograd_backward(c)), winograd_weights_workspace(c)});
}

int forward(const Conv2d& c, const float* src, const void* packed, const Post& post, float* dst, void* memory,
            int64_t bytes) {
  return run(c, winograd_forward(c), false, src, f32(packed), post, dst, memory, bytes);
}

int64_t sum_pieces(const Conv2d& c) { return winograd_forward(c).groups(); }

// In inference, large weights of small images are packed for direct convolution too: for up to four tiles it takes less
// time to multiply more than to read four times the weights.
Conv2dRun forward_of(const Conv2d& c) {
  if (!keeps_direct(c)) return {&conv2d_winograd};
  const WinogradPass p = winograd_forward(c);
  return p.tiles <= kFewTiles ? Conv2dRun{&conv2d_direct, p.packed() * c.groups * 4} : Conv2dRun{&conv2d_winograd};
}

int backward_data(const Conv2d& c, const float* diff_dst, const void* packed, float* diff_src, void* memory,
                  int64_t bytes) {
  return run(c, winograd_backward(c), true, diff_dst, f32(packed), Post{}, diff_src, memory, bytes);
}

}  // namespace

WinogradPass winograd_forward(const Conv2d& c) noexcept {
  const Windows& w = c.w;
  WinogradPass p{};
  p.in = {w.in_height, w.in_width, w.src_pitch, w.padding_height, w.padding_width, 0};
  p.out = {w.out_height, w.out_width, w.dst_pitch, 0, 0, 0};
  p.channels = w.channels;
  p.columns = c.out_per_group;
  return finished(p, c);
}

WinogradPass winograd_backward(const Conv2d& c) noexcept {
  const Windows& w = c.w;
  WinogradPass p{};
  p.in = {w.out_height,
          w.out_width,
          w.dst_pitch,
          (w.kernel_height - 1) * w.dilation_height - w.padding_height,
          (w.kernel_width - 1) * w.dilation_width - w.padding_width,
          0};
  p.out = {w.in_height, w.in_width, w.src_pitch, 0, 0, 0};
  p.channels = c.out_per_group;
  p.columns = w.channels;
  return finished(p, c);
}

WinogradTaps::WinogradTaps(const Conv2d& c, const WinogradPass& p, int64_t part, bool turned) {
  const int64_t height = c.w.kernel_height, width = c.w.kernel_width;
  for (int64_t tap = 0; tap < 9; tap++) {
    const int64_t y = part / p.parts_x * 3 + tap / 3, x = part % p.parts_x * 3 + tap % 3, at = y * width + x;
    at_[tap] = y >= height || x >= width ? -1 : turned ? height * width - 1 - at : at;
  }
}

void WinogradTaps::read(const float* kernel, float* nine) const {
  for (int tap = 0; tap < 9; tap++) nine[tap] = at_[tap] < 0 ? 0.0f : kernel[at_[tap]];
}

void WinogradTaps::write(const float* nine, float* kernel) const {
  for (int tap = 0; tap < 9; tap++) {
    if (at_[tap] >= 0) kernel[at_[tap]] = nine[tap];
  }
}

const Conv2dImplementation conv2d_winograd{"winograd",
                                           refuses,
                                           packed_bytes,
                                           of_f32<pack>,
                                           workspace,
                                           of_f32<forward>,
                                           of_f32<backward_data>,
                                           of_f32<winograd_backward_weights>,
                                           sum_pieces,
                                           winograd_cost,
                                           forward_of};

}  // namespace quern
