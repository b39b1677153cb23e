// conv2d: batches large enough for several groups of tiles and pieces, each no larger than that which the workspace was
// asked for. What they are compared with is the reference implementation, which attack_conv2d compares with plain
// loops: it takes less time than those.
#include <algorithm>

#include "attacks.h"
#include "conv2d.h"
#include "conv2d_plain.h"

namespace {

constexpr int64_t kProducts = 2000000;

// Its batch is the largest that the products allow.
quern_conv2d any_large_conv2d(Random* r) {
  quern_conv2d d{};
  d.groups = one_in(r, 6) ? 2 : 1;
  d.in_channels = d.groups * r->between(4, 24), d.out_channels = d.groups * r->between(4, 24);
  if (one_in(r, 6)) d.groups = d.out_channels = d.in_channels;
  d.kernel_height = d.kernel_width = one_in(r, 5) ? r->between(1, 5) : 3;
  d.stride_height = d.stride_width = one_in(r, 6) ? 2 : 1;
  d.padding_height = d.padding_width = d.kernel_width / 2;
  d.dilation_height = d.dilation_width = 1;
  d.in_height = r->between(1, 24), d.in_width = r->between(1, 24);
  d.src_pitch = d.in_channels + any_gap(r), d.dst_pitch = d.out_channels + any_gap(r);
  d.implementation = -1;
  d.precision = one_in(r, 8) ? QUERN_PRECISION_STRICT : QUERN_PRECISION_DEFAULT;
  const int64_t image = out_height(d) * out_width(d) * weight_count(d);
  d.batch = std::clamp<int64_t>(kProducts / image, 1, 300);
  return d;
}

struct Inputs {
  Image src, diff_dst;
  Guarded<float> weights;
  Inputs(Random* r, const quern_conv2d& d, Guard side)
      : src(d.batch, d.in_height, d.in_width, d.in_channels, d.src_pitch, side),
        diff_dst(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side),
        weights(weight_count(d), side) {
    src.fill(r, Values::Integers);
    diff_dst.fill(r, Values::Integers);
    for (float& w : weights) w = r->value(Values::Integers);
  }
};

// What the passes write, in a workspace for `images`.
struct Outputs {
  Image dst, diff_src;
  Guarded<float> diff_weights, diff_bias;
  bool transformed = false;

  Outputs(const quern_conv2d& d, Guard side)
      : dst(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side),
        diff_src(d.batch, d.in_height, d.in_width, d.in_channels, d.src_pitch, side),
        diff_weights(weight_count(d), side),
        diff_bias(d.out_channels, side) {}

  void run(Random* r, const quern_conv2d& d, const Inputs& in, int64_t images, Guard side) {
    quern_conv2d asked = d;
    asked.batch = images;
    int64_t packed_bytes = 0, bytes = 0;
    CHECK_OK(quern_conv2d_packed_size(&d, &packed_bytes));
    CHECK_OK(quern_set_threads(one_in(r, 2) ? 1 : static_cast<int>(r->between(2, 8))));  // one has least to spare
    CHECK_OK(quern_conv2d_workspace(&asked, &bytes));
    CHECK_OK(quern_set_threads(static_cast<int>(r->between(1, 8))));
    Packed packed(packed_bytes, side);
    Guarded<char> memory(bytes, side, 64);
    CHECK_OK(quern_conv2d_pack(&d, in.weights.data(), packed.data()));
    const void* weights = packed.or_plain(in.weights.data());
    CHECK_OK(quern_conv2d_forward(&d, in.src.data(), weights, nullptr, nullptr, dst.data(), memory.data(), bytes));
    CHECK_OK(quern_conv2d_backward_data(&d, in.diff_dst.data(), weights, diff_src.data(), memory.data(), bytes));
    CHECK_OK(quern_conv2d_backward_weights(&d, in.src.data(), in.diff_dst.data(), diff_weights.data(), diff_bias.data(),
                                           memory.data(), bytes));
    transformed = ran_transformed();
  }
};

// Integers are hit exactly, but by a transform, which mixes neighbors: terms of at most 16 each.
void compare(const char* what, const Guarded<float>& got, const Guarded<float>& wanted, bool transformed,
             int64_t terms) {
  const double tolerance = transformed ? 3e-6 * 16 * static_cast<double>(terms) : 0;
  for (int64_t i = 0; i < got.size(); i++) {
    if (!close_to(got[i], wanted[i], tolerance)) {
      failed(__FILE__, __LINE__, "%s %lld: %.9g, not %.9g", what, (long long)i, got[i], wanted[i]);
    }
  }
}

}  // namespace

void attack_conv2d_batches(Random* r) {
  const quern_conv2d largest = any_large_conv2d(r);
  const Guard side = any_side(r);
  quern_conv2d d = largest;
  d.batch = r->between((largest.batch + 1) / 2, largest.batch);
  name_conv2d(d, -1);
  const Inputs in(r, d, side);
  quern_conv2d plain = d;
  plain.implementation = index_of("reference");
  Outputs wanted(d, side), got(d, side);
  wanted.run(r, plain, in, d.batch, side);
  got.run(r, d, in, largest.batch, side);
  const int64_t taps = d.kernel_height * d.kernel_width;
  compare("dst", got.dst.memory, wanted.dst.memory, got.transformed, taps * d.in_channels);
  compare("diff_src", got.diff_src.memory, wanted.diff_src.memory, got.transformed, taps * d.out_channels);
  compare("diff_weights", got.diff_weights, wanted.diff_weights, got.transformed, got.dst.pixels());
  compare("diff_bias", got.diff_bias, wanted.diff_bias, false, 0);
  CHECK(got.dst.gaps_untouched() && got.diff_src.gaps_untouched());
}

void refuse_conv2d_batches(Random* r) { refuse_conv2d(r); }
