// What conv2d's tests share: all three passes of each implementation that takes a convolution against the yardstick.
#pragma once

#include <algorithm>
#include <cmath>

#include "cast_check.h"
#include "conv2d_descriptor.h"
#include "conv2d_plain.h"

inline quern_conv2d pitched(quern_conv2d d, int64_t src_gap, int64_t dst_gap) {
  d.src_pitch += src_gap;
  d.dst_pitch += dst_gap;
  return d;
}

// What one run of all three passes wrote.
struct Outputs {
  Image dst, plain_dst, diff_src;  // plain: without bias
  Guarded<float> diff_weights, diff_bias;
  Guarded<double> sums;  // of dst

  Outputs(const quern_conv2d& d, Guard side)
      : dst(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side),
        plain_dst(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side),
        diff_src(d.batch, d.in_height, d.in_width, d.in_channels, d.src_pitch, side),
        diff_weights(weight_count(d), side),
        diff_bias(d.out_channels, side),
        sums(2 * d.out_channels, side) {}

  bool same_bits(const Outputs& o) const {
    return dst.same_bits(o.dst) && plain_dst.same_bits(o.plain_dst) && diff_src.same_bits(o.diff_src) &&
           std::memcmp(diff_weights.data(), o.diff_weights.data(), sizeof(float) * diff_weights.size()) == 0 &&
           std::memcmp(diff_bias.data(), o.diff_bias.data(), sizeof(float) * diff_bias.size()) == 0 &&
           std::memcmp(sums.data(), o.sums.data(), sizeof(double) * sums.size()) == 0;
  }
};

// Every part of post, then the bounds alone, against what plain sums of the same implementation become.
inline void check_post(const quern_conv2d& d, const Conv2dProblem& p, const void* packed, void* memory, int64_t bytes,
                       Guard side, const Image& dst) {
  Guarded<float> scale(d.out_channels, side), shift(d.out_channels, side);
  for (int64_t c = 0; c < d.out_channels; c++) {
    scale[c] = 0.5f - static_cast<float>(c % 3);
    shift[c] = 0.25f * static_cast<float>(c % 5 - 2);
  }
  Image add(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side);
  Image all(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side);
  Image relu(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side);
  for (int64_t e = 0; e < add.elements(); e++) add.at(e / add.c, e % add.c) = static_cast<float>(e % 7) - 3;
  const quern_post_ops ops{scale.data(), shift.data(), add.data(), -2.5f, 4.0f, nullptr, nullptr};
  const quern_post_ops bound{nullptr, nullptr, nullptr, 0.0f, INFINITY, nullptr, nullptr};
  const float* src = p.src.data();
  CHECK_OK(quern_conv2d_forward(&d, src, packed, p.bias.data(), &ops, all.data(), memory, bytes));
  CHECK_OK(quern_conv2d_forward(&d, src, packed, p.bias.data(), &bound, relu.data(), memory, bytes));
  for (int64_t e = 0; e < dst.elements(); e++) {
    const int64_t r = e / dst.c, c = e % dst.c;
    const double sum = dst.at(r, c), scaled = sum * scale[c];
    const double wanted = std::min(std::max(scaled + shift[c] + add.at(r, c), -2.5), 4.0);
    CHECK(close_to(all.at(r, c), wanted, 1e-6 * (std::fabs(scaled) + 4)));
    CHECK(close_to(relu.at(r, c), std::max(sum, 0.0), 1e-6 * std::fabs(sum)));
  }
  CHECK(all.gaps_untouched() && relu.gaps_untouched());
  int64_t runs = 0;
  CHECK_OK(quern_conv2d_chosen(&d, QUERN_FORWARD, &runs));
  const bool in_place = runs == index_of("amx") || runs == index_of("bf16");
  if (in_place) {  // the addend in the output's memory
    CHECK_OK(quern_conv2d_forward(&d, src, packed, p.bias.data(), &ops, add.data(), memory, bytes));
    CHECK(add.same_bits(all) && add.gaps_untouched());
  } else {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "the addend overlaps the output",
                  quern_conv2d_forward(&d, src, packed, p.bias.data(), &ops, add.data(), memory, bytes));
  }
}

// An input in planes gives bit-identical results.
inline void check_planes(const quern_conv2d& d, const Conv2dProblem& p, Guard side) {
  quern_conv2d apart = d;
  apart.src_order = QUERN_NCHW;
  apart.src_pitch = 1;
  if (d.src_pitch != d.in_channels || quern_conv2d_accepts(&d, QUERN_FORWARD, index_of("planar")) != QUERN_OK) return;
  const int64_t pixels = d.in_height * d.in_width;
  Guarded<float> src(d.batch * pixels * d.in_channels, side), weights(weight_count(d), side), others(weight_count(d));
  CHECK_OK(quern_nhwc_to_nchw(QUERN_F32, d.batch, d.in_channels, d.in_height, d.in_width, p.src.data(), d.src_pitch,
                              src.data()));
  int64_t packed_bytes = 0, bytes = 0;
  CHECK_OK(quern_conv2d_packed_size(&apart, &packed_bytes));
  CHECK_OK(quern_conv2d_workspace(&apart, &bytes));
  Packed packed(packed_bytes, side);
  Guarded<char> memory(bytes, side, 64);
  Image one(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side);
  Image two(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side);
  CHECK_OK(quern_conv2d_pack(&apart, p.weights.data(), packed.data()));
  const auto forward = [&](const quern_conv2d& with, const float* from, float* to) {
    CHECK_OK(quern_conv2d_forward(&with, from, packed.data(), nullptr, nullptr, to, memory.data(), bytes));
  };
  quern_conv2d pixel = d;
  pixel.implementation = index_of("planar");
  forward(apart, src.data(), one.data());
  forward(pixel, p.src.data(), two.data());
  CHECK(one.same_bits(two));
  const auto backward = [&](const quern_conv2d& with, const float* from, float* to) {
    CHECK_OK(quern_conv2d_backward_weights(&with, from, p.diff_dst.data(), to, nullptr, memory.data(), bytes));
  };
  backward(apart, src.data(), weights.data());
  backward(pixel, p.src.data(), others.data());
  for (int64_t i = 0; i < weights.size(); i++) CHECK(weights[i] == others[i]);
}

// What the memory of a run was asked for: a batch, at least the run's own, and a number of threads, whatever runs.
struct Asked {
  int64_t batch;
  int threads;
};

// All three passes, or in inference forward alone.
inline void run(const Conv2dProblem& p, int64_t implementation, int threads, const Asked& asked, Guard side,
                Outputs* out, size_t alignment = 64) {
  quern_conv2d d = p.d;
  d.implementation = implementation;
  int64_t packed_bytes = 0, bytes = -1;
  CHECK_OK(quern_conv2d_packed_size(&d, &packed_bytes));
  Packed packed(packed_bytes, side);
  if (packed_bytes > 0) CHECK_OK(quern_conv2d_pack(&d, p.weights.data(), packed.data()));
  const void* weights = packed.or_plain(p.weights.data());
  CHECK_OK(quern_set_threads(asked.threads));
  quern_conv2d largest = d;
  largest.batch = asked.batch;
  CHECK_OK(quern_conv2d_workspace(&largest, &bytes));
  CHECK_OK(quern_set_threads(threads));
  Guarded<char> memory(bytes, side, alignment);
  if (d.inference) {
    CHECK_OK(
        quern_conv2d_forward(&d, p.src.data(), weights, p.bias.data(), nullptr, out->dst.data(), memory.data(), bytes));
    return;
  }
  int64_t doubles = 0;
  CHECK_OK(quern_conv2d_piece_sums(&largest, &doubles));
  Guarded<double> pieces(doubles, side);
  const quern_post_ops sums{nullptr, nullptr, nullptr, -INFINITY, INFINITY, out->sums.data(), pieces.data()};
  CHECK_OK(
      quern_conv2d_forward(&d, p.src.data(), weights, p.bias.data(), &sums, out->dst.data(), memory.data(), bytes));
  CHECK_OK(
      quern_conv2d_forward(&d, p.src.data(), weights, nullptr, nullptr, out->plain_dst.data(), memory.data(), bytes));
  check_post(d, p, weights, memory.data(), bytes, side, out->dst);
  memory.clear();
  CHECK_OK(quern_conv2d_backward_data(&d, p.diff_dst.data(), weights, out->diff_src.data(), memory.data(), bytes));
  memory.clear();
  CHECK_OK(quern_conv2d_backward_weights(&d, p.src.data(), p.diff_dst.data(), out->diff_weights.data(),
                                         out->diff_bias.data(), memory.data(), bytes));
  char name[64];
  std::snprintf(name, sizeof name, "conv2d:%s", implementation < 0 ? "" : quern_conv2d_implementation(implementation));
  CHECK(implementation < 0 || ran(name));
}

// How an output may differ: by its own bound and, of floats, by a share `rounds` of its products, or, from transforms
// that mix neighbors, by a share of the largest.
struct Tolerance {
  Values kind;
  double mixed, rounds;
  Tolerance(Values values, bool transformed, const std::vector<Sum>& wanted, double products = 0)
      : kind(values), mixed(0), rounds(values == Values::Floats ? products : 0) {
    for (const Sum& sum : wanted) mixed = transformed ? std::max(mixed, 3e-6 * sum.magnitude) : 0;
  }
  bool allows(float value, const Sum& sum) const {
    if (rounds > 0) return close_to(value, sum.value, rounds * sum.magnitude + sum.tolerance());
    return mixed > 0 ? close_to(value, sum.value, mixed) : close_to(value, sum, kind);
  }
};

inline void compare_images(const char* what, const Image& got, const std::vector<Sum>& wanted,
                           const Tolerance& tolerance) {
  for (int64_t e = 0; e < got.elements(); e++) {
    const float value = got.at(e / got.c, e % got.c);
    const Sum& sum = wanted[static_cast<size_t>(e)];
    if (!tolerance.allows(value, sum)) {
      failed(__FILE__, __LINE__, "%s %lld: %.9g, not %.9g", what, static_cast<long long>(e), value, sum.value);
    }
  }
  if (!got.gaps_untouched()) failed(__FILE__, __LINE__, "%s: a float between the pixels was written", what);
}

inline void compare_floats(const char* what, const Guarded<float>& got, const std::vector<Sum>& wanted,
                           const Tolerance& tolerance) {
  for (int64_t e = 0; e < got.size(); e++) {
    const Sum& sum = wanted[static_cast<size_t>(e)];
    if (!tolerance.allows(got[e], sum)) {
      failed(__FILE__, __LINE__, "%s %lld: %.9g, not %.9g", what, static_cast<long long>(e), got[e], sum.value);
    }
  }
}

inline void compare_sums(const Outputs& got) {
  for (int64_t c = 0; c < got.dst.c; c++) {
    double sum = 0, magnitude = 0, squares = 0;
    for (int64_t r = 0; r < got.dst.elements() / got.dst.c; r++) {
      const double v = got.dst.at(r, c);
      sum += v;
      magnitude += std::fabs(v);
      squares += v * v;
    }
    CHECK(std::fabs(got.sums[c] - sum) <= 1e-13 * magnitude);
    CHECK(std::fabs(got.sums[got.dst.c + c] - squares) <= 1e-13 * squares);
  }
}

// Where problems have numbers of bfloat16, their products are exact.
inline double high_error(const quern_conv2d& d) { return d.precision == QUERN_PRECISION_HIGH ? product_error(d) : 0; }

inline void compare(const Conv2dProblem& p, const Outputs& got) {
  compare_sums(got);
  const bool transformed = ran_transformed();
  const double rounds = high_error(p.d);
  std::vector<Sum> plain = p.dst;
  for (size_t e = 0; e < plain.size(); e++) plain[e].value -= p.bias[static_cast<int64_t>(e) % p.d.out_channels];
  compare_images("dst", got.dst, p.dst, Tolerance(p.kind, transformed, p.dst, rounds));
  compare_images("dst without bias", got.plain_dst, plain, Tolerance(p.kind, transformed, p.dst, rounds));
  compare_images("diff_src", got.diff_src, p.diff_src, Tolerance(p.kind, transformed, p.diff_src, rounds));
  compare_floats("diff_weights", got.diff_weights, p.diff_weights,
                 Tolerance(p.kind, transformed, p.diff_weights, rounds));
  compare_floats("diff_bias", got.diff_bias, p.diff_bias, Tolerance(p.kind, false, p.diff_bias));
}

// A tensor's copy in bfloat16, in memory of the same kind.
struct Halves {
  Guarded<uint16_t> bits;
  Halves(const Guarded<float>& from, Guard side) : bits(from.size(), side) {
    CHECK_OK(quern_cast(bits.size(), QUERN_F32, from.data(), QUERN_BF16, bits.data()));
  }
};

// Values in bfloat16: of inputs that are rounded already the same bits, and outputs are those of float32, rounded.
inline void check_bf16_values(const Conv2dProblem& p, int64_t implementation, Guard side, const Outputs& wanted) {
  quern_conv2d d = p.d;
  d.implementation = implementation;
  d.src_type = d.saved_type = d.diff_dst_type = d.diff_src_type = QUERN_BF16;
  const char* name = quern_conv2d_implementation(implementation);
  const bool depthwise = std::strcmp(name, "depthwise") == 0;
  const bool takes = quern_conv2d_accepts(&d, QUERN_BACKWARD_WEIGHTS, implementation) == QUERN_OK;
  CHECK(takes == (std::strcmp(name, "amx") == 0 || std::strcmp(name, "bf16") == 0 || depthwise));
  if (!takes) return;
  int64_t bytes = 0, packed_bytes = 0;
  CHECK_OK(quern_conv2d_workspace(&d, &bytes));
  CHECK_OK(quern_conv2d_packed_size(&d, &packed_bytes));
  Packed packed(packed_bytes, side);
  if (packed_bytes > 0) CHECK_OK(quern_conv2d_pack(&d, p.weights.data(), packed.data()));
  const void* weights = packed.or_plain(p.weights.data());
  Guarded<char> memory(bytes, side, 64);
  const Halves src(p.src.memory, side), diff_dst(p.diff_dst.memory, side);
  Guarded<float> diff_weights(weight_count(d), side), diff_bias(d.out_channels, side);
  const auto same = [](float got, float other) { return std::memcmp(&got, &other, sizeof got) == 0 || got == other; };
  const auto gradients = [&](const void* from, const void* diff) {
    CHECK_OK(
        quern_conv2d_backward_weights(&d, from, diff, diff_weights.data(), diff_bias.data(), memory.data(), bytes));
    for (int64_t i = 0; i < diff_weights.size(); i++) CHECK(same(diff_weights[i], wanted.diff_weights[i]));
    for (int64_t i = 0; i < diff_bias.size(); i++) CHECK(same(diff_bias[i], wanted.diff_bias[i]));
  };
  gradients(src.bits.data(), diff_dst.bits.data());
  // what is rounded, but for numbers below 2^-126, which may become 0
  const auto rounded = [&](const Image& of, const Guarded<uint16_t>& got) {
    for (int64_t e = 0; e < of.elements(); e++) {
      const int64_t pixel = e / of.c, c = e % of.c;
      const uint32_t word = static_cast<uint32_t>(got[pixel * of.pitch + c]) << 16;
      float value;
      std::memcpy(&value, &word, sizeof value);
      const float from = of.at(pixel, c);
      CHECK(std::fabs(value - from) <= std::fabs(from) * 0x1p-8 + 0x1p-126);
      CHECK(std::fabs(from) < 0x1p-126 || got[pixel * of.pitch + c] == of_cast::nearest(from));
    }
  };
  Image diff_src(d.batch, d.in_height, d.in_width, d.in_channels, d.src_pitch, side);
  Guarded<uint16_t> halves(diff_src.memory.size(), side);
  CHECK_OK(quern_conv2d_backward_data(&d, diff_dst.bits.data(), weights, halves.data(), memory.data(), bytes));
  rounded(wanted.diff_src, halves);
  d.diff_src_type = QUERN_F32;
  CHECK_OK(quern_conv2d_backward_data(&d, diff_dst.bits.data(), weights, diff_src.data(), memory.data(), bytes));
  CHECK(diff_src.same_bits(wanted.diff_src));
  d.diff_dst_type = QUERN_F32;
  gradients(src.bits.data(), p.diff_dst.data());
  d.saved_type = QUERN_F32, d.diff_dst_type = QUERN_BF16;
  gradients(p.src.data(), diff_dst.bits.data());
  Image dst(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side);
  CHECK_OK(
      quern_conv2d_forward(&d, src.bits.data(), weights, p.bias.data(), nullptr, dst.data(), memory.data(), bytes));
  CHECK(dst.same_bits(wanted.dst));
  d.dst_type = QUERN_BF16;
  Guarded<uint16_t> results(dst.memory.size(), side);
  const auto forward = [&](const quern_post_ops* post, void* to) {
    return quern_conv2d_forward(&d, src.bits.data(), weights, p.bias.data(), post, to, memory.data(), bytes);
  };
  CHECK_OK(forward(nullptr, results.data()));
  rounded(wanted.dst, results);
  // with all of the post-operations: what is added is of bfloat16, too
  Guarded<float> scale(d.out_channels, side), shift(d.out_channels, side);
  for (int64_t c = 0; c < d.out_channels; c++) {
    scale[c] = 0.5f - static_cast<float>(c % 3), shift[c] = 0.25f * static_cast<float>(c % 5 - 2);
  }
  const Halves add(wanted.dst.memory, side);
  if (depthwise) {
    quern_post_ops addend{nullptr, nullptr, add.bits.data(), -INFINITY, INFINITY, nullptr, nullptr};
    CHECK_REFUSED(QUERN_UNSUPPORTED, "addend to a depthwise sum", forward(&addend, results.data()));
    d.src_type = QUERN_F32;
    CHECK(quern_conv2d_accepts(&d, QUERN_FORWARD, implementation) == QUERN_UNSUPPORTED);
    d.src_type = QUERN_BF16;
  }
  Image floats(d.batch, out_height(d), out_width(d), d.out_channels, d.dst_pitch, side);
  CHECK_OK(quern_cast(add.bits.size(), QUERN_BF16, add.bits.data(), QUERN_F32, floats.data()));
  quern_post_ops ops{scale.data(), shift.data(), depthwise ? nullptr : floats.data(), -2.5f, 4.0f, nullptr, nullptr};
  d.dst_type = QUERN_F32;
  CHECK_OK(forward(&ops, dst.data()));
  d.dst_type = QUERN_BF16;
  if (!depthwise) ops.add = add.bits.data();
  CHECK_OK(forward(&ops, results.data()));
  rounded(dst, results);
  if (!depthwise) {  // in place
    Halves sum(wanted.dst.memory, side);
    ops.add = sum.bits.data();
    CHECK_OK(forward(&ops, sum.bits.data()));
    for (int64_t e = 0; e < dst.elements(); e++) {
      const int64_t i = e / dst.c * dst.pitch + e % dst.c;
      CHECK(sum.bits[i] == results[i]);
    }
  }
  Guarded<double> sums(2 * d.out_channels, side);
  ops = {nullptr, nullptr, nullptr, -INFINITY, INFINITY, sums.data(), sums.data()};
  CHECK_REFUSED(QUERN_UNSUPPORTED, "dst_type of sums", forward(&ops, results.data()));
}

inline int64_t multiply_adds(const quern_conv2d& d) { return d.batch * out_height(d) * out_width(d) * weight_count(d); }

inline void check_with(const quern_conv2d& d, Values kind, Guard side, uint64_t seed) {
  static int turn = 0;
  const bool rounded = d.precision == QUERN_PRECISION_BF16;
  Conv2dProblem problem(d, kind, side, seed, !rounded);
  if (rounded) problem.to_bf16();
  int accepted = 0;
  check_planes(d, problem, side);
  for (int64_t i = -1; i < 0 || quern_conv2d_implementation(i) != nullptr; i++) {
    if (i >= 0 && quern_conv2d_accepts(&d, QUERN_FORWARD, i) != QUERN_OK) continue;
    accepted++;
    if (!full_suite() && i == index_of("reference") && multiply_adds(d) > 1000000) continue;  // it is slow
    in_case(
        "%lldx%lldx%lldx%lld to %lld, kernel %lldx%lld, stride %lldx%lld, padding %lldx%lld, dilation %lldx%lld, "
        "groups %lld, pitch %lld to %lld, implementation %lld, seed %llu",
        (long long)d.batch, (long long)d.in_channels, (long long)d.in_height, (long long)d.in_width,
        (long long)d.out_channels, (long long)d.kernel_height, (long long)d.kernel_width, (long long)d.stride_height,
        (long long)d.stride_width, (long long)d.padding_height, (long long)d.padding_width,
        (long long)d.dilation_height, (long long)d.dilation_width, (long long)d.groups, (long long)d.src_pitch,
        (long long)d.dst_pitch, (long long)i, (unsigned long long)seed);
    Outputs one(d, side);
    run(problem, i, 1, {d.batch, 1}, side, &one);
    compare(problem, one);
    if (rounded && i >= 0 && d.inference == 0) check_bf16_values(problem, i, side, one);
    if (!full_suite() && i < 0) continue;  // threads are those of the implementation that was chosen
    // with a slot for each thread, and with fewer; in the short suite by turns
    for (int asked : {3, 1}) {
      if (!full_suite() && asked == (turn % 2 == 0 ? 1 : 3)) continue;
      Outputs three(d, side);
      run(problem, i, 3, {d.batch, asked}, side, &three);
      CHECK(three.same_bits(one));
    }
  }
  turn++;
  CHECK(accepted >= 3);  // automatic, reference and another
  in_case("%s", "");
}

// Exact sums, an unmapped page at either end, and floats; in the short suite one of these in turn, of cases that follow
// one another.
inline void check(const quern_conv2d& d, uint64_t seed = 1) {
  static int turn = 0;
  const int kind = full_suite() ? -1 : turn++ % 3;
  if (kind < 0 || kind == 0) check_with(d, Values::Integers, Guard::After, seed);
  if (kind < 0 || kind == 1) check_with(d, Values::Integers, Guard::Before, seed);
  if (kind < 0 || kind == 2) check_with(d, Values::Floats, Guard::After, seed);
}
