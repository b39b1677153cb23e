// The weights' gradient of direct convolution: sums of outer products over pixels, in register tiles of output channels
// times a run of inputs or, where the run fills no vector (few input channels), of inputs times output channels.
#include <algorithm>
#include <cstring>

#include "conv2d/conv2d_direct.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kMostParts = 8;  // partial sums
constexpr int64_t kPartBytes = int64_t{5} << 20;
// Whose vectors stay in L1 while tiles pass. On a Zen 4, 256 take from 0.95 to 1.05 times as long with AVX-512 and up
// to 1.2 by AVX2; on a Xeon they cost a tenth with 512 channels. Tried on the Zen 4, too: inputs in blocks of 64 to 256
// channels whose sums fit in L2, smaller shares, the next images fetched meanwhile, gradients not copied: from 10 %
// lost to 11 gained, by shape. In a model of these loops gradients in the tiles' order gained nothing.
constexpr int64_t kTilePixels = 128;
// Of inputs: where so many are full, the taps of a kernel row pass one by one, which leaves out the padding beside a
// line. A tile of one vector would wait for its loads.
constexpr int64_t kApartVectors = 2;
constexpr int64_t kPixelFloats = 64;         // pixels a multiple of this apart share a quarter of L1's sets
constexpr int64_t kShare = 16;               // output channels that threads share by
constexpr int64_t kShareBytes = 1280 << 10;  // of sums that the pixels pass by at once, rather from L2 than from afar
constexpr int64_t kImagesFloats = 262144;    // 1 MiB of scratch, of several small images

// So many floats that what lies behind them begins with a cache line: vectors that cross lines cost a quarter.
int64_t whole_lines(int64_t floats) { return round_up(floats, 16); }

struct Sums {
  DirectPass p;
  bool swapped;            // tiles of inputs times output channels
  int64_t width;           // of a row of sums
  int64_t group;           // floats of a group's sums
  int64_t run_taps, runs;  // of taps that pass together
  int64_t pieces, parts;
  bool copies;         // the gradient: gapless where swapped, and where its pixels would drive each other out of L1
  int64_t diff_pitch;  // of the copy
  int64_t scratch, gradient;  // floats of a slot: padded inputs, and the copy

  explicit Sums(const Conv2d& c) : p(direct_forward(c)) {
    const int64_t lanes = kernels().lanes, run = p.run_length();
    const int64_t run_width = round_up(run, lanes), out_width = round_up(p.columns, lanes);
    swapped = run_width * p.columns > out_width * run;  // wastes more of its vectors
    const bool apart = !swapped && p.depth % (lanes * kApartVectors) == 0;
    run_taps = p.runs_along() && !apart ? p.x.taps : 1;
    runs = p.taps() / run_taps;
    width = swapped ? out_width : c.depth;
    group = swapped ? c.depth * out_width : p.columns * c.depth;
    if (p.rows == p.y.out) {  // small images pass together, so that tiles of sums are loaded less often
      const int64_t few = std::min(kTilePixels / (p.y.out * p.x.out), kImagesFloats / p.image_floats());
      p.images = std::max(p.images, std::min(few, c.batch));
    }
    pieces = p.images > 1 ? divide_up(c.batch, p.images) : c.batch * divide_up(p.y.out, p.rows);
    const int64_t affordable = std::max<int64_t>(kPartBytes / (group * c.groups * 4), 1);
    parts = std::max<int64_t>(std::min({pieces, kMostParts, affordable}), 1);
    scratch = whole_lines(p.images * p.image_floats() + lanes);  // the last run is read to the end of a vector
    copies = swapped || odd_pitch(p.out_pitch, kPixelFloats) != p.out_pitch;
    diff_pitch = swapped ? out_width : odd_pitch(p.columns, kPixelFloats);
    gradient = copies ? whole_lines(p.images * gradient_image()) : 0;
  }

  int64_t gradient_image() const { return p.rows * p.x.out * diff_pitch; }
  int64_t slot() const { return scratch + gradient; }
  int64_t bias_floats(const Conv2d& c) const { return whole_lines(parts * c.out_channels * 2); }  // as doubles
  int64_t fixed_bytes(const Conv2d& c) const { return (bias_floats(c) + whole_lines(parts * group * c.groups)) * 4; }
  int64_t bytes(const Conv2d& c, int64_t slots) const { return fixed_bytes(c) + slots * slot() * 4; }
};

// Output channels of each group, [first, last); all of them where swapped.
struct Share {
  int64_t first, last;
};

// A share of a group's part of the output's gradient; where swapped, in whole vectors.
void copy_gradient(const Sums& s, const Share& share, int64_t pixels, const float* diff, float* copy) {
  if (s.swapped && s.diff_pitch > s.p.columns) kernels().zero_rows(pixels, s.diff_pitch, copy, s.diff_pitch);
  kernels().copy_rows(pixels, share.last - share.first, diff + share.first, s.p.out_pitch, copy + share.first,
                      s.diff_pitch);
}

// Rows of some images, the same of each, as the tiles of sums read them.
struct Pixels {
  const float *scratch, *diff;
  int64_t diff_step, diff_image, row, lines, images;
};

struct Range {
  int64_t begin, end;
  int64_t count() const { return end - begin; }
};

// Those of the outputs whose input at a tap is no padding: with 4x4 pixels and a 3x3 kernel, 100 products of 144.
Range inside(const DirectAxis& a, int64_t tap, Range outputs) {
  const int64_t at = a.first + tap * a.step;
  const int64_t begin = at < 0 ? divide_up(-at, a.stride) : 0;
  const int64_t end = at < a.in ? (a.in - 1 - at) / a.stride + 1 : 0;
  const int64_t from = std::min(std::max(begin, outputs.begin), outputs.end);
  return {from, std::max(from, std::min(end, outputs.end))};
}

// Adds what the pixels give to the sums of one group, or begins them.
void add_pixels(const Sums& s, const Share& share, const Pixels& from, bool first, float* sums) {
  const DirectPass& p = s.p;
  const int64_t pixel = p.x.stride * p.depth, line = p.y.stride * p.scratch_width() * p.depth;
  const int64_t run = s.run_taps * p.depth;
  const int64_t lines = std::min(std::max<int64_t>(kTilePixels / p.x.out, 1), from.lines);
  const int64_t images = std::max<int64_t>(kTilePixels / (lines * p.x.out), 1);
  for (int64_t n = 0; n < from.images; n += images) {
    for (int64_t y = 0; y < from.lines; y += lines) {
      for (int64_t r = 0; r < s.runs; r++) {
        const int64_t tap = r * s.run_taps, ty = tap / p.x.taps, tx = tap % p.x.taps;
        const Range ys = inside(p.y, ty, {from.row + y, from.row + std::min(y + lines, from.lines)});
        const Range all{0, p.x.out}, xs = s.run_taps == 1 ? inside(p.x, tx, all) : all;
        const float* inputs = from.scratch + n * p.image_floats() + (ys.begin - from.row) * line + xs.begin * pixel +
                              (ty * p.y.step * p.scratch_width() + tx * p.x.step) * p.depth;
        const float* gradients =
            from.diff + n * from.diff_image + ((ys.begin - from.row) * p.x.out + xs.begin) * from.diff_step;
        ConvOuter o{};
        o.count = xs.count();
        o.lines = ys.count();
        o.images = std::min(images, from.images - n);
        o.first = first && n == 0 && y == 0;
        if (!o.first && o.count * o.lines == 0) continue;
        o.a = s.swapped ? inputs : gradients + share.first;
        o.b = s.swapped ? gradients : inputs;
        o.a_step = s.swapped ? pixel : from.diff_step;
        o.b_step = s.swapped ? from.diff_step : pixel;
        o.a_line = s.swapped ? line : p.x.out * from.diff_step;
        o.b_line = s.swapped ? p.x.out * from.diff_step : line;
        o.a_image = s.swapped ? p.image_floats() : from.diff_image;
        o.b_image = s.swapped ? from.diff_image : p.image_floats();
        o.c = sums + (s.swapped ? r * run * s.width : share.first * s.width + r * run);
        o.c_step = s.width;
        o.rows = s.swapped ? run : share.last - share.first;
        o.columns = s.swapped ? s.width : run;
        kernels().conv_outer(o);
      }
    }
  }
}

void add_piece(const Conv2d& c, const Sums& s, const Share& share, int64_t piece, bool begins, const float* src,
               const float* diff_dst, float* sums, double* bias_sums, float* scratch) {
  const DirectPass& p = s.p;
  const int64_t per_image = divide_up(p.y.out, p.rows);
  const int64_t first = p.images > 1 ? piece * p.images : piece / per_image;
  const int64_t images = std::min(p.images, c.batch - first);
  const int64_t row = p.images > 1 ? 0 : piece % per_image * p.rows, lines = std::min(p.rows, p.y.out - row);
  const int64_t in_image = p.y.in * p.x.in * p.in_pitch, out_image = c.per_image * p.out_pitch;
  const float* diff = diff_dst + first * out_image + row * p.x.out * p.out_pitch;
  float* copy = scratch + s.scratch;
  for (int64_t g = 0; g < c.groups; g++) {
    Pixels from{scratch, diff + g * p.columns, p.out_pitch, out_image, row, lines, images};
    for (int64_t n = 0; n < images; n++) {
      direct_scratch(p, src + (first + n) * in_image + g * p.depth, row, scratch + n * p.image_floats());
      if (s.copies) copy_gradient(s, share, lines * p.x.out, from.diff + n * out_image, copy + n * s.gradient_image());
    }
    if (s.copies) {
      from.diff = copy;
      from.diff_step = s.diff_pitch;
      from.diff_image = s.gradient_image();
    }
    add_pixels(s, share, from, begins, sums + g * s.group);
  }
  for (int64_t n = 0; bias_sums != nullptr && n < images; n++) {
    kernels().add_column_sums(lines * p.x.out, c.out_channels, diff + n * out_image, p.out_pitch, bias_sums);
  }
}

// Adds the partial sums in their order, to the first, and brings those into OIHW.
void reduce(const Conv2d& c, const Sums& s, float* sums, float* diff_weights) {
  const int64_t taps = c.w.kernel_height * c.w.kernel_width, channels = c.w.channels;
  add_parts(s.parts, s.group * c.groups, sums);
  parallel_ranges(c.out_channels, 16384 / c.depth + 1, [&](int64_t first, int64_t last) {
    for (int64_t o = first; o < last; o++) {
      const int64_t g = o / c.out_per_group, local = o % c.out_per_group;
      const float* from = sums + g * s.group + local * (s.swapped ? 1 : c.depth);
      float* to = diff_weights + o * c.depth;
      if (!s.swapped) {
        kernels().transpose_rows(taps, channels, from, channels, to, taps);
        continue;
      }
      for (int64_t i = 0; i < channels; i++) {
        for (int64_t t = 0; t < taps; t++) *to++ = from[(t * channels + i) * s.width];
      }
    }
  });
}

}  // namespace

int64_t direct_weights_workspace(const Conv2d& c) { return Sums(c).bytes(c, threads()); }

int direct_backward_weights(const Conv2d& c, const float* src, const float* diff_dst, float* diff_weights,
                            float* diff_bias, void* memory, int64_t bytes) {
  const Sums s(c);
  QUERN_TRY(check_workspace("conv2d", memory, bytes, s.bytes(c, 1)));
  const int64_t part_floats = s.group * c.groups;
  double* bias_sums = static_cast<double*>(memory);
  float* sums = static_cast<float*>(memory) + s.bias_floats(c);
  float* slots_begin = reinterpret_cast<float*>(static_cast<char*>(memory) + s.fixed_bytes(c));
  const int64_t fit = (bytes - s.fixed_bytes(c)) / (s.slot() * 4);
  if (c.batch == 0) std::memset(sums, 0, static_cast<size_t>(part_floats) * sizeof(float));  // nobody begins them
  // each channel's sums are its own, so that how they are shared may depend on the threads
  const int64_t columns = s.p.columns, units = s.swapped ? 1 : divide_up(columns, kShare);
  int64_t shares = column_splits(s.parts, units);
  while (shares < units && part_floats * 4 > shares * kShareBytes) shares = std::min(2 * shares, units);
  parallel_for(s.parts * shares, static_cast<int>(std::min<int64_t>(fit, kMaxThreads)), [&](int64_t i, int slot) {
    const int64_t part = i / shares, own_share = i % shares;
    const Share share = s.swapped ? Share{0, columns}
                                  : Share{units * own_share / shares * kShare,
                                          std::min(units * (own_share + 1) / shares * kShare, columns)};
    float* own = sums + part * part_floats;
    double* own_bias = diff_bias == nullptr || own_share > 0 ? nullptr : bias_sums + part * c.out_channels;
    if (own_bias != nullptr) std::fill(own_bias, own_bias + c.out_channels, 0.0);
    const int64_t begin = part * s.pieces / s.parts, end = (part + 1) * s.pieces / s.parts;
    for (int64_t piece = begin; piece < end; piece++) {
      add_piece(c, s, share, piece, piece == begin, src, diff_dst, own, own_bias, slots_begin + slot * s.slot());
    }
  });
  reduce(c, s, sums, diff_weights);
  for (int64_t o = 0; diff_bias != nullptr && o < c.out_channels; o++) {
    double sum = 0.0;
    for (int64_t part = 0; part < s.parts; part++) sum += bias_sums[part * c.out_channels + o];
    diff_bias[o] = static_cast<float>(sum);
  }
  return QUERN_OK;
}

}  // namespace quern
