// conv2d of bytes with one input and one output channel a group. For a row of the output, rows of the input are put
// side by side, as many as one instruction adds products of; then each column of the kernel takes one instruction.
#include "conv2d/conv2d_int8.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kMostSide = 16;   // of the kernel
constexpr int64_t kGrain = 131072;  // multiply-adds of a piece
constexpr int64_t kChannels = 256;  // of a block, so that its rows stay in L1 or near

struct Depthwise {
  const Int8Kernels& k;
  int64_t bands, parts;    // of the kernel's rows, `depth` each; of a weight
  int64_t width, columns;  // pixels of a gathered line, as columns of the kernel reach; whole vectors of channels
  int64_t block;           // channels that are done together

  explicit Depthwise(const Conv2d& c) : k(*int8_kernels()) {
    bands = divide_up(c.w.kernel_height, k.depth);
    parts = int8_parts(c);
    width = (c.w.out_width - 1) * c.w.stride_width + c.w.dilation_width * (c.w.kernel_width - 1) + 1;
    columns = round_up(c.groups, k.lanes);
    block = std::min(columns, kChannels);
  }
  int64_t part(const Conv2d& c) const { return bands * c.w.kernel_width; }
  int64_t runs(const Conv2d& c) const { return parts * part(c); }
  int64_t band() const { return width * block * k.depth; }
  // the rows side by side, and what stands for rows and channels that are not there
  int64_t zeros_at() const { return round_up(bands * band() * k.element, 64); }
  int64_t zeros_bytes() const { return width * block; }  // as many as a line without gaps may have
  int64_t slot_bytes() const { return zeros_at() + zeros_bytes(); }
  int64_t start_bytes() const { return round_up(columns * 4, 64); }
};

const char* refuses(const Conv2d& c) {
  if (c.groups == 1 || c.w.channels != 1 || c.out_per_group != 1) return "groups of more than one channel";
  if (c.w.kernel_height > kMostSide || c.w.kernel_width > kMostSide) return "the kernel has a side of more than 16";
  return nullptr;
}

int64_t packed_bytes(const Conv2d& c) {
  const Depthwise d(c);
  return d.start_bytes() + d.runs(c) * d.columns * d.k.depth;
}

// Where sums begin, then [vector][part][band][kx][lane][depth].
void pack(const Conv2d& c, const void* from, void* packed) {
  const Depthwise d(c);
  const int64_t lanes = d.k.lanes, depth = d.k.depth, runs = d.runs(c);
  auto* start = static_cast<int32_t*>(packed);
  auto* to = static_cast<int8_t*>(packed) + d.start_bytes();
  std::memset(packed, 0, static_cast<size_t>(packed_bytes(c)));
  for (int64_t o = 0; o < c.groups; o++) {
    int64_t sum = 0;
    for (int64_t y = 0; y < c.w.kernel_height; y++) {
      for (int64_t x = 0; x < c.w.kernel_width; x++) {
        const Int8Weight weight = int8_weight(c, from, o * c.depth + y * c.w.kernel_width + x);
        for (int64_t part = 0; part < d.parts; part++) {
          const int64_t run = part * d.part(c) + y / depth * c.w.kernel_width + x;
          to[((o / lanes * runs + run) * lanes + o % lanes) * depth + y % depth] = weight.parts[part];
          sum += weight.parts[part];
        }
      }
    }
    start[o] = int8_start(c, sum);
  }
}

// Puts the rows of a band side by side; `zeros` stand for those beyond the image, and beyond the kernel.
void gather(const Conv2d& c, const Depthwise& d, const uint8_t* image, int64_t row, int64_t band, int64_t channels,
            const uint8_t* zeros, char* to) {
  const Windows& w = c.w;
  const uint8_t* lines[kMostSide];
  for (int64_t j = 0; j < d.k.depth; j++) {
    const int64_t ky = band * d.k.depth + j, y = row * w.stride_height - w.padding_height + ky * w.dilation_height;
    lines[j] = ky < w.kernel_height && y >= 0 && y < w.in_height ? image + y * w.in_width * w.src_pitch : nullptr;
  }
  for (int64_t x = 0; x < d.width;) {
    const int64_t at = x - w.padding_width;
    const bool inside = at >= 0 && at < w.in_width;
    // pixels without gaps between them are one
    const int64_t pixels =
        inside && channels == w.src_pitch && channels == d.block ? std::min(w.in_width - at, d.width - x) : 1;
    const uint8_t* rows[kMostSide];
    for (int64_t j = 0; j < d.k.depth; j++) {
      rows[j] = inside && lines[j] != nullptr ? lines[j] + at * w.src_pitch : zeros;
    }
    d.k.interleave(pixels * channels, rows, to);
    x += pixels;
    to += pixels * d.block * d.k.depth * d.k.element;
  }
}

int64_t workspace(const Conv2d& c) { return threads() * Depthwise(c).slot_bytes(); }

void run_rows(const Conv2d& c, const Depthwise& d, int64_t begin, int64_t end, const uint8_t* src, const char* packed,
              const Post& post, void* dst, char* scratch) {
  const Windows& w = c.w;
  int64_t runs[2 * kMostSide * kMostSide];
  const int64_t part = d.part(c);
  for (int64_t r = 0; r < part; r++) {
    runs[r] = r / w.kernel_width * d.band() + r % w.kernel_width * w.dilation_width * d.block * d.k.depth;
    if (d.parts == 2) runs[part + r] = runs[r];
  }
  auto* zeros = reinterpret_cast<uint8_t*>(scratch) + d.zeros_at();
  std::memset(zeros, static_cast<int>(c.src_zero), static_cast<size_t>(d.zeros_bytes()));
  for (int64_t channel = 0; channel < c.groups; channel += d.block) {
    Int8Depthwise t{};
    t.src = scratch;
    t.src_step = w.stride_width * d.block * d.k.depth;
    t.runs = runs;
    t.run_count = d.runs(c);
    t.weights = reinterpret_cast<const int8_t*>(packed) + d.start_bytes() + channel * d.runs(c) * d.k.depth;
    t.start = reinterpret_cast<const int32_t*>(packed) + channel;
    t.post = int8_post(c, post, channel);
    t.dst_step = w.dst_pitch;
    t.pixels = w.out_width;
    t.channels = std::min(d.block, c.groups - channel);
    for (int64_t row = begin; row < end; row++) {
      const int64_t n = row / w.out_height, y = row % w.out_height, to = row * w.out_width * w.dst_pitch + channel;
      for (int64_t band = 0; band < d.bands; band++) {
        gather(c, d, src + n * w.in_height * w.in_width * w.src_pitch + channel, y, band, t.channels, zeros,
               scratch + band * d.band() * d.k.element);
      }
      t.post.add = int8_at(c, static_cast<const void*>(post.add), to);
      t.dst = int8_at(c, dst, to);
      d.k.depthwise(t);
    }
  }
}

int forward(const Conv2d& c, const void* src, const void* packed, const Post& post, void* dst, void* memory,
            int64_t bytes) {
  const Depthwise d(c);
  QUERN_TRY(check_workspace("conv2d", memory, bytes, d.slot_bytes()));
  const Slots slots(bytes, d.slot_bytes());
  const int64_t rows = c.batch * c.w.out_height, work = c.w.out_width * c.groups * c.depth;
  const int64_t pieces = std::min(rows, std::max<int64_t>(threads() * 4, rows * work / kGrain));
  parallel_for(pieces, slots.count, [&](int64_t i, int slot) {
    run_rows(c, d, rows * i / pieces, rows * (i + 1) / pieces, static_cast<const uint8_t*>(src),
             static_cast<const char*>(packed), post, dst, static_cast<char*>(memory) + slot * slots.bytes);
  });
  return QUERN_OK;
}

}  // namespace

const Conv2dImplementation conv2d_int8_depthwise{"int8_depthwise", refuses, packed_bytes, pack,
                                                 workspace,        forward, nullptr,      nullptr};

}  // namespace quern
