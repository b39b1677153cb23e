// The cost model, in multiply-adds of whole vectors, by shape and vector width alone: so that the choice is the same
// for any batch and thread count. Its constants are fitted to measured times of 1,150 shapes (1 to 512 channels, images
// from 1x1 to 56x56, batches of 1 and up to 64, one thread of a Zen 4): always Winograd's is on average 4.1 % slower
// than the faster of the two and at worst 2.2 times, this choice 0.9 % and 1.55 times; by vectors of AVX2 8.6 and 3.5
// %.
#include <algorithm>
#include <cmath>

#include "conv2d/conv2d_bf16.h"
#include "conv2d/conv2d_winograd.h"

namespace quern {
namespace {

constexpr double kPixel = 4;       // of a vector of channels at a pixel: reading and writing it
constexpr double kTransform = 10;  // of a vector of channels in a slab, for a tile: its transform, and that of products
// Of a kernel in several parts, whose weights stay in L2: with 5x5 kernels of 24 to 130 channels a product takes so
// many times what it takes direct convolution (a Xeon, 2 threads).
constexpr double kParts = 2.2;

// On the matrix unit: a product's cost, and that of a channel of an input, which is copied and split, and of an output.
// A 1x1 kernel is direct's, which needs no copy. The unit's tiles come from L1 at a speed that changes with what runs
// on the core's other hardware thread. These constants are those of a Xeon in a busy hour (2 threads, 75 to 256
// channels, 5x5 kernels and strided 3x3): by them it takes what it did faster even then, over all three passes. In
// quiet hours it did all of them 1.2 to 2 times as fast as direct; QUERN_TUNE=1 measures where it runs.
constexpr double kAmxProduct = 0.95, kAmxChannel = 30, kAmxTile = 32;

// Where a weight has one part, with inputs in three parts or in one. Where both have two, which was not measured, the
// constant of three products is used. One part of a weight takes less than half of three parts' time, since a third of
// the weights' tiles is loaded; for all of a ResNet's shapes at batch 1 it was faster than Winograd's algorithm and, at
// 1x1, than direct, in an hour as busy.
constexpr double kAmxThree = 0.22, kAmxOne = 0.12;

// By vectors of bfloat16, in one part: of ResNet-50's shapes, batch 16, two threads of a Zen 4, 1x1 kernels and strided
// ones take 0.5 to 0.7 of direct's time over all passes, 3x3 ones with stride 1 by Winograd's 0.6 to 0.9 of theirs.
constexpr double kVectorProduct = 0.55, kVectorChannel = 10;

struct Channels {
  double in, out;  // of a group, and up to whole vectors
  double whole_in, whole_out;

  explicit Channels(const Conv2d& c)
      : in(static_cast<double>(c.w.channels)),
        out(static_cast<double>(c.out_per_group)),
        whole_in(whole(c.w.channels)),
        whole_out(whole(c.out_per_group)) {}

  static double whole(int64_t n) {
    const int64_t lanes = kernels().lanes;
    return static_cast<double>(round_up(n, lanes));
  }
  double both() const { return whole_in + whole_out; }
  // Products of a pixel's and a tap's channels: forward fills vectors of outputs, backward data of inputs.
  double products() const { return (in * whole_out + out * whole_in) / 2; }
};

}  // namespace

double direct_cost(const Conv2d& c) noexcept {
  const Channels ch(c);
  const double pixels = static_cast<double>(c.per_image * c.groups);
  const double taps = static_cast<double>(c.w.kernel_height * c.w.kernel_width) * direct_forward(c).inside;
  return pixels * (taps * ch.products() + kPixel * ch.both());
}

double winograd_cost(const Conv2d& c) noexcept {
  const Channels ch(c);
  const WinogradPass p = winograd_forward(c);
  const double slabs = static_cast<double>(p.per_image() * p.slabs() * c.groups);
  const double parts = static_cast<double>(p.parts());
  const double cost = slabs * (parts * ch.products() + kTransform * (parts * ch.whole_in + ch.whole_out));
  return parts > 1 ? kParts * cost : cost;
}

double bf16_cost(const Conv2d& c) noexcept {
  const Bf16Kernels& k = *bf16_kernels();
  if (!k.instruction) return 0;                                   // rounded all the same
  const bool few = c.parts < 3 || c.types.weights == QUERN_BF16;  // products for one of floats
  if (!few && c.w.kernel_height * c.w.kernel_width == 1) return 2 * direct_cost(c);
  const double unit = kAmxProduct * (c.parts == 1 ? kAmxOne : few ? kAmxThree : 1);
  const double product = k.matrix_unit ? unit : kVectorProduct;
  const double channel = c.parts == 1 ? kVectorChannel : kAmxChannel;  // for one part, the same copies on both
  const auto tiles = [](double n) { return std::ceil(n / kAmxTile) * kAmxTile; };
  const int64_t run = bf16_unrolls(c) ? c.w.kernel_width : 1;  // taps of a row that are one
  const double in = static_cast<double>(c.w.channels * run), out = static_cast<double>(c.out_per_group);
  const double pixels = static_cast<double>(c.per_image), groups = static_cast<double>(c.groups);
  const double taps = static_cast<double>(c.w.kernel_height * c.w.kernel_width / run);
  const double copied =
      static_cast<double>(c.w.stride_height * c.w.stride_width);  // input pixels for each of the output
  return groups * pixels * (taps * product * tiles(in) * tiles(out) + channel * (in * copied + out));
}

}  // namespace quern
