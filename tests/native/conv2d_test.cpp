// conv2d: every implementation, all three passes, against plain loops; and what is refused.
#include <string>

#include "conv2d_check.h"

namespace {

// Few images of large weights are left to direct convolution, more are not; all by the same packed weights.
void few_tiles(quern_conv2d d, const char* otherwise, int64_t few) {
  d.batch = few + 1;
  d.inference = 1;
  const Conv2dProblem p(d, Values::Floats, Guard::After, 7);
  int64_t packed_bytes = 0, bytes = 0;
  CHECK_OK(quern_conv2d_packed_size(&d, &packed_bytes));
  CHECK_OK(quern_conv2d_workspace(&d, &bytes));
  Packed packed(packed_bytes);
  Guarded<char> memory(bytes, Guard::After, 64);
  CHECK_OK(quern_conv2d_pack(&d, p.weights.data(), packed.data()));
  Image dst(few + 1, 4, 4, 256, 256, Guard::After);
  for (d.batch = 1; d.batch <= few + 1; d.batch++) {
    CHECK_OK(quern_conv2d_forward(&d, p.src.data(), packed.data(), p.bias.data(), nullptr, dst.data(), memory.data(),
                                  bytes));
    CHECK(ran(d.batch <= few ? "conv2d:direct" : otherwise));
    int64_t chosen = -1;
    CHECK_OK(quern_conv2d_chosen(&d, QUERN_FORWARD, &chosen));  // what ran is what is reported
    CHECK(ran((std::string("conv2d:") + quern_conv2d_implementation(chosen)).c_str()));
    double largest = 0;
    for (const Sum& sum : p.dst) largest = std::max(largest, sum.magnitude);
    for (int64_t e = 0; e < d.batch * 16 * 256; e++) {
      CHECK(close_to(dst.at(e / 256, e % 256), p.dst[static_cast<size_t>(e)].value, 3e-6 * largest));
    }
  }
}

// The default choice goes by the shape and what passes cost there, never by the batch; forcing goes before it.
void choices() {
  const auto chosen = [](quern_conv2d d) {
    int64_t index = -1;
    for (d.batch = 0; d.batch < 3; d.batch++) {
      int64_t now = -1;
      CHECK_OK(quern_conv2d_chosen(&d, QUERN_FORWARD, &now));
      CHECK(d.batch == 0 || now == index);
      index = now;
    }
    return index;
  };
  quern_conv2d large = with(conv(1, 16, 32, 32, 16, 3, 3), 1, 1), small = with(conv(1, 8, 5, 5, 8, 3, 3), 1, 1);
  CHECK(chosen(large) == index_of("winograd"));
  CHECK(chosen(with(conv(1, 16, 32, 32, 16, 3, 3), 1, 2, 2)) == index_of("winograd"));
  CHECK(chosen(with(conv(1, 64, 16, 16, 64, 5, 5), 1, 2)) == index_of("winograd"));
  CHECK(chosen(with(conv(1, 16, 3, 3, 16, 3, 3), 1, 9, 9)) == index_of("direct"));  // each pixel an image
  CHECK(chosen(small) == index_of("direct"));
  CHECK_OK(quern_conv2d_accepts(&small, QUERN_FORWARD, index_of("winograd")));
  small.implementation = index_of("winograd");
  CHECK(chosen(small) == index_of("winograd"));
  large.precision = QUERN_PRECISION_STRICT;
  CHECK(chosen(large) == index_of("direct"));
  CHECK(chosen(with(conv(1, 8, 9, 9, 8, 3, 3), 1, 1, 1, 8)) == index_of("depthwise"));
  CHECK(chosen(conv(1, 3, 9, 9, 4, 3, 3)) == index_of("planar"));
}

void named_cases() {
  check(conv(1, 1, 1, 1, 1, 1, 1));
  check(with(conv(3, 3, 32, 32, 16, 3, 3), 1, 1));      // two blocks of gathered rows that cut an image
  check(with(conv(4, 129, 13, 13, 2, 3, 3), 1, 1));     // 11 blocks of the least size, 64 rows, in 8 parts
  check(pitched(conv(5, 16, 31, 29, 3, 1, 1), 3, 2));   // two blocks of pixels
  check(with(conv(2, 4, 8, 8, 6, 1, 1), 2, 0));         // 1x1, but not every pixel
  check(with(conv(2, 4, 5, 5, 6, 1, 1), 1, 1));         // 1x1, with padding
  check(with(conv(2, 3, 5, 4, 2, 2, 2), 1, 4));         // windows that see nothing but padding
  check(with(conv(1, 3, 11, 11, 4, 2, 2), 5, 0));       // pixels that no window sees
  check(conv(2, 3, 5, 5, 7, 5, 5));                     // one window
  check(with(conv(2, 2, 4, 4, 3, 7, 7), 1, 2));         // larger than the image
  check(pitched(conv(2, 3, 1, 37, 4, 1, 5), 1, 0));     // one axis
  check(with(conv(2, 8, 6, 6, 16, 3, 3), 1, 1, 1, 8));  // depthwise, two outputs each
  check(pitched(with(conv(2, 6, 7, 7, 9, 3, 3), 2, 1, 1, 3), 5, 4));  // groups, stride and pitches
  check(pitched(with(conv(2, 6, 5, 5, 4, 1, 1), 1, 0, 1, 2), 2, 3));  // groups of a 1x1
  check(with(conv(1, 2, 9, 9, 3, 3, 3), 1, 2, 2));                    // dilation
  check(with(conv(0, 3, 5, 5, 4, 3, 3), 1, 1));                       // no image at all
  quern_conv2d rows = conv(2, 5, 7, 11, 4, 1, 1);
  rows.stride_height = 2;  // whole rows, but not every one
  check(rows);
  check(pitched(conv(3, 200, 9, 15, 70, 1, 1), 3, 2));  // 1x1: several runs of pixels, the depth in parts
  check(with(conv(3, 1, 12, 11, 20, 5, 5), 1, 0));      // backward data by columns ...
  check(pitched(with(conv(2, 3, 13, 9, 33, 3, 4), 1, 1), 2, 1));
  check(with(conv(2, 3, 11, 12, 24, 3, 3), 2, 1, 2));                   // ... strided and dilated ...
  check(pitched(with(conv(2, 16, 8, 9, 32, 5, 5), 1, 0, 1, 2), 2, 1));  // ... and grouped
  check(with(conv(20, 3, 20, 37, 1, 5, 3), 1, 0));                      // planes: several images a piece
  check(pitched(with(conv(3, 2, 9, 35, 4, 3, 3), 1, 3, 2), 1, 2));
  check(with(conv(2, 4, 6, 16, 3, 2, 7), 1, 5));    // padding beyond the kernel
  check(with(conv(3, 270, 3, 4, 50, 3, 3), 1, 1));  // direct: tiles across lines and images, weights in parts
  check(with(conv(9, 20, 5, 6, 128, 3, 3), 2, 1));  // gradients apart from each other, columns brought together
  check(pitched(with(conv(3, 24, 7, 6, 140, 3, 3), 1, 1, 1, 2), 1, 52));
  check(with(conv(9, 270, 3, 4, 140, 3, 3), 1, 1));  // sums of the weights' gradient that pass in shares
  check(conv(0, 3, 5, 5, 4, 1, 1));
}

// Inference by direct convolution, each guard and kind of values, post operations, one thread and three.
void check_direct_inference(quern_conv2d d) {
  d.inference = 1;
  d.implementation = index_of("direct");
  for (const Guard side : {Guard::Before, Guard::After}) {
    const Conv2dProblem p(d, side == Guard::Before ? Values::Integers : Values::Floats, side, 5);
    Outputs one(d, side), three(d, side);
    run(p, d.implementation, 1, {d.batch, 1}, side, &one);
    CHECK(ran("conv2d:direct"));
    compare_images("dst", one.dst, p.dst, Tolerance(p.kind, false, p.dst));
    run(p, d.implementation, 3, {d.batch, 3}, side, &three);
    CHECK(three.dst.same_bits(one.dst));
    int64_t packed_bytes = 0, bytes = 0;
    CHECK_OK(quern_conv2d_packed_size(&d, &packed_bytes));
    CHECK_OK(quern_conv2d_workspace(&d, &bytes));
    Packed packed(packed_bytes, side);
    Guarded<char> memory(bytes, side, 64);
    CHECK_OK(quern_conv2d_pack(&d, p.weights.data(), packed.data()));
    check_post(d, p, packed.data(), memory.data(), bytes, side, one.dst);
  }
}

// Large dilations on small images: inference computes the taps that reach the image, in rectangles of pixels.
void atrous_cases() {
  for (int64_t size : {5, 9, 14}) {
    for (int64_t dilation : {4, 5, 6, 12, 24}) {
      const quern_conv2d d = with(conv(2, 9, size, size + 1, 17, 3, 3), 1, dilation, dilation);
      check_direct_inference(pitched(d, size % 2, dilation % 3));
    }
  }
  check_direct_inference(with(conv(1, 16, 9, 11, 24, 5, 5), 1, 12, 6, 2));  // groups
  check_direct_inference(with(conv(2, 8, 13, 12, 8, 3, 3), 2, 9, 9));       // strided
  check_direct_inference(with(conv(1, 270, 7, 70, 140, 3, 3), 1, 40, 40));  // blocks; lines longer than a rectangle's
  check_direct_inference(with(conv(1, 8, 3, 3, 8, 3, 3), 1, 9, 4));         // some windows see nothing but padding
  quern_conv2d d = conv(1, 8, 6, 40, 16, 3, 3);                             // one axis more than the other
  d.dilation_height = d.padding_height = 12, d.dilation_width = d.padding_width = 2;
  check_direct_inference(d);
  d = with(conv(1, 64, 14, 14, 64, 3, 3), 1, 12, 12);
  d.inference = 1;
  int64_t index = -1, bytes = -1;
  CHECK_OK(quern_conv2d_chosen(&d, QUERN_FORWARD, &index));
  CHECK(index == index_of("direct"));
  CHECK_OK(quern_conv2d_workspace(&d, &bytes));
  CHECK(bytes == 0);  // the rectangles read the input
}

// Of each row and column that tiles leave, of channels that vectors and blocks leave.
void winograd_cases() {
  for (int64_t size = 1; size <= 9; size++) {
    check(with(conv(2, 8, size, 10 - size, 9, 3, 3), 1, 1), static_cast<uint64_t>(size));
    check(with(conv(1, 9, size, size, 8, 3, 3), 1, size % 5 + 1), static_cast<uint64_t>(size));
  }
  check(conv(2, 17, 8, 9, 8, 3, 3));
  check(with(conv(3, 8, 6, 6, 130, 3, 3), 1, 1));  // three blocks of output channels
  check(with(conv(3, 130, 6, 6, 8, 3, 3), 1, 1));  // and of input channels
  check(pitched(with(conv(2, 32, 7, 7, 48, 3, 3), 1, 1, 1, 2), 3, 5));
  check(with(conv(40, 8, 16, 16, 8, 3, 3), 1, 1));    // several groups of tiles, several parts
  check(with(conv(15, 9, 12, 12, 131, 3, 3), 1, 1));  // parts of uneven tiles, two blocks of the weights' gradient ...
  check(pitched(with(conv(5, 131, 5, 5, 140, 3, 3), 1, 1), 2,
                1));  // ... and four, whose only part is transformed at once
  check(pitched(with(conv(2, 16, 9, 8, 288, 3, 3), 1, 1, 1, 2), 0, 1));
  check(with(conv(0, 8, 5, 5, 8, 3, 3), 1, 1));
  check(pitched(with(conv(5, 200, 5, 5, 140, 3, 3), 1, 1), 1, 2));  // weights packed by chunks
  for (int64_t dilation = 2; dilation <= 6; dilation++) {           // interleaved images, some of one line more
    check(with(conv(2, 8, 13, 10, 9, 3, 3), 1, dilation, dilation), static_cast<uint64_t>(dilation));
    check(pitched(with(conv(1, 9, 3, 6, 8, 3, 3), 1, 2 * dilation - 1, dilation), 1, 2));
  }
  check(with(conv(1, 8, 2, 1, 8, 3, 3), 1, 7, 7));                      // images of no pixel
  check(pitched(with(conv(2, 16, 9, 8, 24, 3, 3), 1, 1, 2, 2), 0, 1));  // less padding than the kernel asks for
  quern_conv2d uneven = conv(3, 8, 9, 11, 16, 3, 3);
  uneven.dilation_height = 3, uneven.padding_height = 3, uneven.padding_width = 1;
  check(uneven);
  check(with(conv(40, 8, 16, 16, 8, 3, 3), 1, 3, 3));  // several groups of tiles, several parts
}

// Kernels of other sizes, in parts of 3x3.
void winograd_parts() {
  for (int64_t height = 2; height <= 7; height++) {
    for (int64_t width = 2; width <= 7; width++) {
      if (!full_suite() && (height + width) % 3 != 0) continue;
      const uint64_t seed = static_cast<uint64_t>(height * 10 + width);
      check(pitched(with(conv(2, 8 + height, 9, 8, 8 + width, height, width), 1, 2), 1, 2), seed);
    }
  }
  check(with(conv(1, 20, 13, 12, 24, 5, 5), 1, 4, 2));             // dilated
  check(with(conv(2, 34, 9, 11, 18, 5, 5), 1, 2, 1, 2));           // groups
  check(with(conv(20, 17, 12, 13, 33, 5, 5), 1, 2));               // several groups of tiles
  check(conv(1, 9, 12, 14, 10, 11, 3));                            // four parts, one below the other
  check(conv(1, 9, 12, 14, 10, 12, 12));                           // sixteen
  check(pitched(with(conv(3, 70, 6, 5, 140, 5, 5), 1, 2), 3, 0));  // weights packed by chunks that parts share
  check(with(conv(9, 75, 6, 6, 130, 5, 4), 1, 2));                 // blocks of the weights' gradient, too
  const quern_conv2d many = conv(1, 8, 20, 20, 8, 13, 12), line = conv(1, 8, 20, 20, 8, 1, 5);
  CHECK(quern_conv2d_accepts(&many, QUERN_FORWARD, index_of("winograd")) == QUERN_UNSUPPORTED);
  CHECK(quern_conv2d_accepts(&line, QUERN_FORWARD, index_of("winograd")) == QUERN_UNSUPPORTED);
}

// Weights may be packed for each group of tiles, before, or in inference, by a batch's size: an image's bits are the
// same.
void winograd_batches() {
  constexpr int64_t kBatch = 270, kIn = 256, kOut = 260;
  const auto run = [](int64_t batch, int64_t inference, const float* src, const float* weights, float* dst,
                      const float* diff_dst, float* diff_src) {
    quern_conv2d d = with(conv(batch, kIn, 1, 2, kOut, 3, 3), 1, 1);
    d.implementation = index_of("winograd");
    d.inference = inference;
    int64_t packed_bytes = 0, bytes = 0;
    CHECK_OK(quern_conv2d_packed_size(&d, &packed_bytes));
    CHECK_OK(quern_conv2d_workspace(&d, &bytes));
    Packed packed(packed_bytes);
    Guarded<char> memory(bytes, Guard::After, 64);
    CHECK_OK(quern_conv2d_pack(&d, weights, packed.data()));
    const void* read = packed.or_plain(weights);
    CHECK_OK(quern_conv2d_forward(&d, src, read, nullptr, nullptr, dst, memory.data(), bytes));
    CHECK(ran("conv2d:winograd"));
    if (inference == 0) CHECK_OK(quern_conv2d_backward_data(&d, diff_dst, read, diff_src, memory.data(), bytes));
  };
  const Conv2dProblem few(with(conv(10, kIn, 1, 2, kOut, 3, 3), 1, 1), Values::Floats, Guard::After, 11, false);
  const int64_t in = few.src.elements(), out = few.diff_dst.elements();
  Guarded<float> src(in * kBatch / 10), diff_dst(out * kBatch / 10);
  for (int64_t i = 0; i < src.size(); i++) src[i] = few.src.data()[i % in];
  for (int64_t i = 0; i < diff_dst.size(); i++) diff_dst[i] = few.diff_dst.data()[i % out];
  Guarded<float> dst(out), diff_src(in), many_dst(diff_dst.size()), many_diff_src(src.size());
  run(10, 0, src.data(), few.weights.data(), dst.data(), diff_dst.data(), diff_src.data());
  for (const int64_t batch : {100, 270}) {
    for (int64_t inference = 0; inference < 2; inference++) {
      run(batch, inference, src.data(), few.weights.data(), many_dst.data(), diff_dst.data(), many_diff_src.data());
      for (int64_t i = 0; i < batch / 10 * out; i++) CHECK(many_dst[i] == dst[i % out]);
      for (int64_t i = 0; i < batch / 10 * in; i++) CHECK(many_diff_src[i] == diff_src[i % in]);
    }
  }
}

void depthwise_cases() {
  for (int64_t c : {2, 8, 15, 16, 17, 40}) {
    const uint64_t seed = static_cast<uint64_t>(c);
    check(with(conv(2, c, 7, 6, c, 3, 3), 1, 1, 1, c), seed);
    check(pitched(with(conv(3, c, 9, 8, c, 3, 5), 2, 2, 1, c), 1, 2), seed);
    check(with(conv(1, c, 9, 8, c, 2, 3), 3, 1, 2, c), seed);
  }
  check(with(conv(8, 24, 16, 16, 24, 3, 3), 1, 1, 1, 24));  // several parts
  check(
      with(conv(1, 150, 26, 17, 150, 3, 3), 1, 1, 1, 150));  // several lines a piece, whole tiles of pixels and a rest
  check(pitched(with(conv(2, 34, 40, 33, 34, 3, 3), 2, 1, 1, 34), 2, 1));
  check(with(conv(0, 4, 5, 5, 4, 3, 3), 1, 1, 1, 4));
}

// One around each width of vectors and of OpenBLAS's tiles.
void channel_counts() {
  for (int64_t c : {1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 65}) {
    check(pitched(conv(1, c, 3, 3, 5, 1, 1), 1, 0), static_cast<uint64_t>(c));
    check(with(conv(1, c, 3, 4, 3, 3, 3), 1, 1), static_cast<uint64_t>(c));
    check(with(conv(1, 3, 4, 3, c, 3, 2), 1, 1), static_cast<uint64_t>(c));
  }
}

// An infinite gradient reaches the pixels under its window and no others.
void infinite_gradient(const quern_conv2d& d) {
  constexpr int64_t kAt = 2;
  Conv2dProblem p(d, Values::Integers, Guard::After, 3);
  for (int64_t o = 0; o < d.out_channels; o++) p.diff_dst.at(kAt, o) = INFINITY;
  Outputs got(d, Guard::After);
  run(p, index_of("direct"), 1, {d.batch, 1}, Guard::After, &got);
  for (int64_t e = 0; e < p.src.elements(); e++) {
    const int64_t pixel = e / d.in_channels, y = pixel / d.in_width, x = pixel % d.in_width;
    const int64_t tap = x + d.padding_width - kAt * d.stride_width;
    if (y < d.kernel_height - d.padding_height && tap >= 0 && tap < d.kernel_width) continue;
    CHECK(got.diff_src.at(pixel, e % d.in_channels) == p.diff_src[static_cast<size_t>(e)].value);
  }
}

// The weights' gradient of a first pixel that is infinite: taps that have padding there do not see it.
void infinite_corner(const quern_conv2d& d) {
  Conv2dProblem p(d, Values::Integers, Guard::After, 3);
  for (int64_t o = 0; o < d.out_channels; o++) p.diff_dst.at(0, o) = INFINITY;
  Outputs got(d, Guard::After);
  run(p, index_of("direct"), 1, {d.batch, 1}, Guard::After, &got);
  for (int64_t e = 0; e < got.diff_weights.size(); e++) {
    const int64_t x = e % d.kernel_width, y = e / d.kernel_width % d.kernel_height;
    if (x * d.dilation_width >= d.padding_width && y * d.dilation_height >= d.padding_height) continue;
    CHECK(got.diff_weights[e] == p.diff_weights[static_cast<size_t>(e)].value);
  }
}

// Where channels fill vectors the weights' gradient leaves padding out, tap by tap, some of which see nothing else.
void padding_left_out() {
  for (int64_t size : {1, 4}) {
    for (int64_t padding = 1; padding <= 3; padding++) {
      for (int64_t stride = 1; stride <= 2; stride++) {
        const quern_conv2d d = with(conv(2, 32, size, size + 1, 19, 3, 3), stride, padding, stride == 1 ? padding : 1);
        check(d, static_cast<uint64_t>(padding));
        infinite_corner(d);
      }
    }
  }
  infinite_corner(with(conv(1, 32, 40, 20, 33, 3, 3), 1, 1));  // several pieces of one image
  check(with(conv(1, 32, 40, 20, 33, 3, 3), 1, 1));
}

// Backward data of two pixels at once: which taps they have differs with the padding and the kernel.
void strided_pairs() {
  for (int64_t channels : {4, 8, 11, 16}) {
    for (int64_t kernel = 2; kernel <= 5; kernel++) {
      for (int64_t padding = 0; padding <= 4; padding++) {
        const quern_conv2d d = with(conv(1, channels, 3, 10, 9, 3, kernel), 2, padding);
        check(d, static_cast<uint64_t>(kernel));
        if (padding < 3) infinite_gradient(d);
      }
    }
  }
  check(with(conv(2, 4, 34, 36, 9, 3, 3), 2, 1));  // several pieces
  check(with(conv(2, 16, 34, 36, 9, 3, 3), 2, 1));
  check(with(conv(1, 4, 5, 2, 3, 3, 2), 2, 0));
}

// Groups of few channels, several of which are merged, in all passes: by direct convolution and by Winograd's.
void merged_cases() {
  for (int64_t channels : {2, 3, 4, 5, 8}) {
    check(pitched(with(conv(2, 16 * channels, 9, 8, 16 * channels, 3, 3), 1, 1, 1, 16), channels % 2, 1));
    check(with(conv(2, 6 * channels, 7, 9, 12 * channels, 3, 3), 2, 1, 1, 6));
  }
  check(with(conv(1, 32, 5, 6, 32, 1, 1), 1, 0, 1, 8));  // 1x1
  check(with(conv(2, 28, 6, 7, 56, 3, 5), 1, 2, 1, 7));  // seven groups, which no smaller number divides
  quern_conv2d d = with(conv(1, 128, 14, 14, 128, 3, 3), 1, 1, 1, 32);
  int64_t index = -1;
  CHECK_OK(quern_conv2d_chosen(&d, QUERN_FORWARD, &index));
  CHECK(index == index_of("merged"));
  d.precision = QUERN_PRECISION_STRICT;  // an infinite input must not reach other groups
  CHECK_OK(quern_conv2d_chosen(&d, QUERN_FORWARD, &index));
  CHECK(index != index_of("merged"));
}

void random_cases() {
  for (uint64_t seed = 1; seed <= 60; seed++) {
    Random r(seed);
    const int64_t groups = r.between(1, 3);
    quern_conv2d d = conv(r.between(1, 3), groups * r.between(1, 5), r.between(1, 9), r.between(1, 9),
                          groups * r.between(1, 5), r.between(1, 4), r.between(1, 4));
    d.groups = groups;
    d.stride_height = r.between(1, 3), d.stride_width = r.between(1, 3);
    d.padding_height = r.between(0, 3), d.padding_width = r.between(0, 3);
    d.dilation_height = r.between(1, 3), d.dilation_width = r.between(1, 3);
    if (out_height(d) == 0 || out_width(d) == 0) continue;
    check(pitched(d, r.between(0, 3), r.between(0, 3)), seed);
  }
}

}  // namespace

void refusals();

// Under an emulator all cases take half an hour: with QUERN_TEST_FAST only some of each implementation.
int main() {
  start();
  if (std::getenv("QUERN_TEST_FAST") != nullptr) {
    choices();
    check(conv(2, 17, 8, 9, 8, 3, 3));
    depthwise_cases();
    channel_counts();
    refusals();
    return finish();
  }
  few_tiles(with(conv(1, 256, 4, 4, 256, 3, 3), 1, 1), "conv2d:winograd", 4);
  if (std::strcmp(quern_isa(), "amx") == 0) few_tiles(with(conv(1, 256, 8, 8, 256, 5, 5), 2, 2), "conv2d:amx", 4);
  choices();
  named_cases();
  atrous_cases();
  winograd_cases();
  winograd_parts();
  winograd_batches();
  depthwise_cases();
  channel_counts();
  strided_pairs();
  padding_left_out();
  merged_cases();
  random_cases();
  refusals();
  return finish();
}
