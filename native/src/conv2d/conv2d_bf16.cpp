// conv2d by products of bfloat16, forward and backward data: direct convolution, 16 output pixels by 16 output channels
// at a time. Each float is rounded to one bfloat16 or, on x86's matrix unit, is the sum of two or three
// (kernels/amx.cpp). The unit reads a tile's pixels at one distance from each other. So inputs are copied, split into
// their parts, to where neighbors in the output are neighbors: columns of one remainder modulo the stride together, and
// of narrow images several side by side.
#include "conv2d/conv2d_bf16.h"

#include <algorithm>

#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kPanelBytes = 384 << 10;  // of weights that stay in L2 while a piece's tiles pass
constexpr int64_t kLeastPixels = 64;        // of a thread, where pixels are shared out rather than columns
constexpr int64_t kLeastChannels = 32, kLeastInInference = 20;
constexpr int64_t kLeastOfOnePart = 16;    // but for vectors in inference
constexpr int64_t kFewPixels = 64;         // for which it takes longer to read large weights than to multiply
constexpr int64_t kLargeWeights = 589824;  // such as 3x3 kernels of 256 by 256 channels

// Weights that are bfloat16 have one part.
Bf16Pass forward_pass(const Conv2d& c) {
  DirectPass p = direct_forward(c);
  const DirectAxis x = p.x;
  const bool unrolls = bf16_unrolls(c);
  if (unrolls) {
    p.x = {x.out, x.out, 1, 1, 0, 1, 0, 1};
    p.depth = x.taps * c.w.channels;
  }
  Bf16Pass a(p, c.batch, c.parts, c.types.weights == QUERN_BF16 ? 1 : c.parts);
  if (unrolls) a.unrolled = x;
  return a;
}

// body(pass) for each pass of backward data: one for each remainder of the stride that input pixels have.
template <typename Body>
void each_backward(const Conv2d& c, Body&& body) {
  for (int64_t y = 0; y < std::min(c.w.stride_height, c.w.in_height); y++) {
    for (int64_t x = 0; x < std::min(c.w.stride_width, c.w.in_width); x++)
      body(Bf16Pass(direct_backward(c, y, x), c.batch, c.parts, c.parts));
  }
}

bool stores_bf16(const Conv2d& c) {
  for (int64_t type : {c.types.src, c.types.dst, c.types.saved, c.types.diff_src, c.types.diff_dst}) {
    if (type == QUERN_BF16) return true;
  }
  return false;
}

int64_t least_channels(const Conv2d& c) {
  if (c.parts == 1 && (!c.inference || bf16_kernels()->matrix_unit)) return kLeastOfOnePart;
  return c.inference ? kLeastInInference : kLeastChannels;
}

const char* refuses_shape(const Conv2d& c) {
  if (c.parts != 1 && stores_bf16(c)) return "values in bfloat16 take products of bfloat16";
  const bool few = !bf16_unrolls(c) && c.w.channels < least_channels(c);
  if (few || c.out_per_group < least_channels(c)) {
    return "so few channels fill too little of a tile";
  }
  if (c.w.kernel_height * c.w.kernel_width > kBf16MostTaps) return "the kernel has more than 64 taps";
  if (!c.inference && !direct_has_few_remainders(c)) return "the stride has more than 1024 remainders";
  const auto fits = [](const Bf16Pass& a) { return a.bytes() <= kBf16MostBytes && a.tiles() <= kBf16MostTiles; };
  bool all = fits(forward_pass(c));
  if (!c.inference) each_backward(c, [&](const Bf16Pass& a) { all = all && fits(a); });
  return all ? nullptr : "a row of the image does not fit in cache";
}

const char* amx_refuses(const Conv2d& c) {
  if (!bf16_kernels()->matrix_unit) return "the instruction set has no matrix unit";
  return c.strict ? "strict precision is requested" : refuses_shape(c);
}

// In training, results are rounded on any instruction set, so that they can be repeated anywhere.
const char* bf16_refuses(const Conv2d& c) {
  if (bf16_kernels()->matrix_unit) return "the instruction set has a matrix unit";
  if (c.strict) return "strict precision is requested";
  if (c.parts != 1) return "products in bfloat16 are not requested";
  if (c.inference && !bf16_kernels()->instruction) return "the instruction set is not faster in bfloat16";
  return refuses_shape(c);
}

// One block of a group's columns. `turned`: for backward data.
void pack_block(const Conv2d& c, const Bf16Pass& a, bool turned, int64_t block, const float* group, float* packed) {
  const DirectPass& p = a.p;
  const int64_t taps = c.w.kernel_height * c.w.kernel_width, of = std::min<int64_t>(2, a.vectors() - block * 2);
  const bool unrolled = a.unrolled.taps > 0;  // weights lie as [out][ky][kx][in]
  const int64_t tap = unrolled ? c.w.channels : 1;
  int64_t offsets[kBf16MostTaps];
  for (int64_t t = 0; t < p.taps(); t++) {
    const int64_t y = p.y.weight_first + t / p.x.taps * p.y.weight_step;
    offsets[t] = (y * c.w.kernel_width + p.x.weight_first + t % p.x.taps * p.x.weight_step) * tap;
  }
  Bf16Weights w{};
  w.channel = unrolled ? 1 : turned ? c.depth : taps;
  w.column = turned ? taps : c.depth;
  w.taps = offsets;
  w.tap_count = p.taps();
  w.tap = a.tap_floats(of) * 2;
  w.plane = of * 512;
  w.planes = a.planes;
  for (int64_t v = 0; v < of; v++) {
    const int64_t column = (block * 2 + v) * kBf16Columns;
    w.columns = std::min(kBf16Columns, p.columns - column);
    for (int64_t chunk = 0; chunk < a.chunks; chunk++) {
      w.src = group + chunk * kBf16Chunk * w.channel + column * w.column;
      w.channels = std::min(kBf16Chunk, p.depth - chunk * kBf16Chunk);
      w.to = reinterpret_cast<Bf16*>(packed + block * p.taps() * a.tap_floats(2)) + (chunk * a.planes * of + v) * 512;
      bf16_kernels()->weights(w);
    }
  }
}

void pack_pass(const Conv2d& c, const Bf16Pass& a, bool turned, const float* weights, float* packed) {
  parallel_for(c.groups * a.blocks(), [&](int64_t piece) {
    const int64_t g = piece / a.blocks();
    pack_block(c, a, turned, piece % a.blocks(), weights + g * c.out_per_group * c.depth, packed + g * a.packed());
  });
}

// Whether weights are packed for direct convolution too. Not by the batch: plans of any size share them.
bool keeps_direct(const Conv2d& c) {
  return c.inference && forward_pass(c).planes == 3 && c.per_image <= kFewPixels && c.weights >= kLargeWeights &&
         conv2d_direct.refuses(c) == nullptr;
}

// In training, packed weights would be read only once; therefore each pass packs them in its workspace.
int64_t packed_bytes(const Conv2d& c) {
  if (!c.inference) return 0;
  const int64_t others = keeps_direct(c) ? conv2d_direct.packed(c) : bf16_unrolls(c) ? plain_packed(c) : 0;
  return forward_pass(c).packed() * c.groups * 4 + others;
}

void pack(const Conv2d& c, const float* weights, void* packed) {
  if (!c.inference) return;
  const Bf16Pass forward = forward_pass(c);
  float* behind = static_cast<float*>(packed) + forward.packed() * c.groups;
  if (bf16_unrolls(c)) {
    plain_pack(c, weights, behind);
    weights = behind;
  }
  pack_pass(c, forward, false, weights, static_cast<float*>(packed));
  if (keeps_direct(c)) conv2d_direct.pack(c, weights, behind);
}

Bf16Piece piece_of(const Conv2d& c, const Bf16Pass& a, int64_t i, int64_t pieces) {
  if (a.pixels > 0) {
    const int64_t pixels = c.batch * a.p.image_pixels, tiles = divide_up(pixels, kBf16Pixels);
    return {i, tiles * i / pieces * kBf16Pixels, std::min(tiles * (i + 1) / pieces * kBf16Pixels, pixels), 0, 1};
  }
  if (a.whole()) return {i, i * a.images(), std::min((i + 1) * a.images(), c.batch), 0, a.rows};
  const int64_t per_image = divide_up(a.p.y.out, a.rows), row = i % per_image * a.rows;
  return {i, i / per_image, i / per_image + 1, row, std::min(a.rows, a.p.y.out - row)};
}

void leave_sums(const Conv2d& c, const Bf16Pass& a, const Bf16Piece& piece, const Post& post, int64_t begin,
                int64_t end, const float* dst) {
  int64_t pixel = piece.first, pixels = piece.last - piece.first;
  if (a.pixels == 0) {
    pixel = piece.first * c.per_image + piece.row * a.p.x.out;
    pixels *= piece.rows * a.p.x.out;
  }
  double* sums = post.sums + piece.number * 2 * post.channels + begin;
  kernels().moments(pixels, end - begin, dst + pixel * a.p.out_pitch + begin, a.p.out_pitch, sums,
                    sums + post.channels);
}

// What a pass reads and writes, each as float32 or as bfloat16.
struct Memory {
  const void* src;
  bool src_bf16;
  void* dst;
  bool dst_bf16;
};

// Whether tiles of bfloat16 read a flat piece's inputs where they are: whole chunks, whose rows do not all fall into
// the same sets of L1.
bool reads_in_place(const Bf16Pass& a, const Memory& m, const Bf16Piece& piece) {
  return m.src_bf16 && a.pixels > 0 && a.p.depth % kBf16Chunk == 0 && a.p.in_pitch % 2048 != 0 &&
         piece.last - piece.first >= kBf16Pixels;
}

// The blocks [first, last) of each group's columns.
void run_piece(const Conv2d& c, const Bf16Pass& a, const Bf16Piece& piece, int64_t first, int64_t last, bool once,
               const Memory& m, const float* packed, const Post& post, char* slot) {
  const DirectPass& p = a.p;
  const int64_t lanes = kBf16Columns, width = 2 * lanes;
  Bf16* scratch = reinterpret_cast<Bf16*>(slot);
  int64_t taps[kBf16MostTaps];
  for (int64_t t = 0; t < p.taps(); t++) taps[t] = a.tap_at(t / p.x.taps, t % p.x.taps);
  const bool in_place = reads_in_place(a, m, piece);
  const Bf16Places places = in_place ? Bf16Places::in_place(a, piece) : Bf16Places(a, piece);
  for (int64_t g = 0; g < c.groups; g++) {
    const Bf16* halves = static_cast<const Bf16*>(m.src) + g * p.depth;
    if (!m.src_bf16) {
      bf16_fill(a, piece, f32(m.src) + g * p.depth, scratch);
    } else if (!in_place) {
      bf16_fill(a, piece, halves, scratch);
    }
    for (int64_t block = first; block < last; block++) {
      const int64_t column = block * width, of = std::min<int64_t>(2, a.vectors() - block * 2);
      const int64_t some = std::max<int64_t>(kPanelBytes / (a.tap_floats(of) * 4), 1);
      Bf16Tiles t{};
      t.src_planes = a.src_planes;
      t.planes = a.planes;
      t.src = in_place ? halves + piece.first * p.in_pitch : scratch;
      t.at = places.at;
      t.pitch = in_place ? p.in_pitch : a.pitch;
      t.tiles = places.count;
      t.chunks = a.chunks;
      t.vectors = of;
      t.fetch = in_place && block == first;
      t.sums = reinterpret_cast<float*>(slot + a.input_bytes());
      t.post = post.from(g * p.columns + column);
      if (m.dst_bf16) {
        const int64_t at = g * p.columns + column;
        t.add_bf16 = post.add == nullptr ? nullptr : reinterpret_cast<const Bf16*>(post.add) + at;
        t.dst_bf16 = static_cast<Bf16*>(m.dst) + at;
      } else {
        t.dst = f32(m.dst) + g * p.columns + column;
      }
      t.to = places.to;
      t.columns = std::min(width, p.columns - column);
      int64_t begin = 0;
      do {
        t.taps = taps + begin;
        t.tap_count = std::min(some, p.taps() - begin);
        t.weights = reinterpret_cast<const Bf16*>(packed + g * a.packed() + block * p.taps() * a.tap_floats(2) +
                                                  begin * a.tap_floats(of));
        t.first = begin == 0;
        begin += t.tap_count;
        t.last = begin >= p.taps();
        const bool ends = t.last && block + 1 == last;
        t.ahead = once && !ends ? t.weights + t.tap_count * a.tap_floats(of) * 2 : nullptr;
        bf16_kernels()->tiles(t);
      } while (begin < p.taps());
    }
    if (post.sums != nullptr) {
      leave_sums(c, a, piece, post, g * p.columns + first * width, g * p.columns + std::min(last * width, p.columns),
                 f32(m.dst));
    }
  }
}

// Of a pass that packs.
int64_t pass_packed_bytes(const Conv2d& c, const Bf16Pass& a) {
  return c.inference ? 0 : round_up(a.packed() * c.groups * 4, 64);
}

// `weights` are packed in inference.
int run(const Conv2d& c, const Bf16Pass& a, bool turned, const Memory& m, const float* weights, const Post& post,
        void* memory, int64_t bytes) {
  const int64_t own = pass_packed_bytes(c, a);
  QUERN_TRY(check_workspace("conv2d", memory, bytes, own + a.slot()));
  if (!c.inference) pack_pass(c, a, turned, weights, static_cast<float*>(memory));
  const float* packed = c.inference ? weights : static_cast<const float*>(memory);
  char* scratch = static_cast<char*>(memory) + own;
  const Slots slots(bytes - own, a.slot());
  int64_t pieces = a.pieces(c);
  if (a.pixels > 0 && post.sums == nullptr) {  // a next layer finds pixels in its own core's cache
    pieces = std::max(pieces, std::min<int64_t>(threads(), c.batch * a.p.image_pixels / kLeastPixels));
  }
  const int64_t splits = column_splits(pieces, a.blocks());
  const bool once = c.inference && pieces <= threads();  // a thread reads weights, which come from far
  parallel_for(pieces * splits, slots.count, [&](int64_t i, int slot) {
    const int64_t split = i % splits;
    run_piece(c, a, piece_of(c, a, i / splits, pieces), split * a.blocks() / splits, (split + 1) * a.blocks() / splits,
              once, m, packed, post, scratch + slot * slots.bytes);
  });
  return QUERN_OK;
}

int64_t workspace(const Conv2d& c) {
  const auto pass = [&](const Bf16Pass& a) { return pass_packed_bytes(c, a) + threads() * a.slot(); };
  int64_t most = pass(forward_pass(c));
  if (c.inference) return keeps_direct(c) ? std::max(most, conv2d_direct.workspace(c)) : most;
  each_backward(c, [&](const Bf16Pass& a) { most = std::max(most, pass(a)); });
  return std::max(most, bf16_weights_workspace(c));
}

int forward(const Conv2d& c, const void* src, const void* packed, const Post& post, void* dst, void* memory,
            int64_t bytes) {
  const Memory m{src, c.types.src == QUERN_BF16, dst, c.types.dst == QUERN_BF16};
  return run(c, forward_pass(c), false, m, f32(packed), post, memory, bytes);
}

// In inference, large weights of small images are packed for direct convolution too: for few pixels it takes less time
// to multiply more than to read half as much again.
Conv2dRun forward_of(const Conv2d& c) {
  if (keeps_direct(c) && c.rows <= kFewPixels) return {&conv2d_direct, forward_pass(c).packed() * c.groups * 4};
  return {bf16_kernels()->matrix_unit ? &conv2d_amx : &conv2d_bf16};
}

// One image may be cut into rows, which several side by side are not.
int64_t sum_pieces(const Conv2d& c) {
  Conv2d one = c;
  one.batch = std::min<int64_t>(c.batch, 1);
  return std::max(forward_pass(c).pieces(c), forward_pass(one).pieces(one));
}

int backward_data(const Conv2d& c, const void* diff_dst, const void* packed, void* diff_src, void* memory,
                  int64_t bytes) {
  const Memory m{diff_dst, c.types.diff_dst == QUERN_BF16, diff_src, c.types.diff_src == QUERN_BF16};
  int status = QUERN_OK;
  each_backward(c, [&](const Bf16Pass& a) {
    if (status == QUERN_OK) status = run(c, a, true, m, f32(packed), Post{}, memory, bytes);
  });
  return status;
}

}  // namespace

bool bf16_unrolls(const Conv2d& c) noexcept {
  const int64_t run = c.w.kernel_width * c.w.channels;
  return c.inference && c.parts == 1 && bf16_kernels()->matrix_unit && c.groups == 1 &&
         c.w.channels < kLeastOfOnePart && c.w.src_pitch == c.w.channels && c.w.dilation_width == 1 &&
         c.w.kernel_height > 1 && run >= kLeastOfOnePart && run <= kBf16MostUnrolled;
}

#define QUERN_PASSES                                                                                           \
  packed_bytes, of_f32<pack>, workspace, forward, backward_data, bf16_backward_weights, sum_pieces, bf16_cost, \
      forward_of

const Conv2dImplementation conv2d_amx{"amx", amx_refuses, QUERN_PASSES};
const Conv2dImplementation conv2d_bf16{"bf16", bf16_refuses, QUERN_PASSES};

}  // namespace quern
