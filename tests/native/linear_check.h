// linear against plain loops, for plain rows and for flattened NHWC images.
#pragma once

#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_linear {

// Column of the weights (C, H, W order) that meets float i of an image in NHWC memory.
inline int64_t column(const quern_linear& d, int64_t i) {
  const int64_t channels = d.in_features / d.pixels;
  return i % channels * d.pixels + i / channels;
}

struct Problem {
  quern_linear d;
  Values kind;
  Guarded<float> src, weights, bias, diff_dst;
  std::vector<Sum> dst, diff_src, diff_weights, diff_bias;

  Problem(const quern_linear& desc, Values values, Guard side)
      : d(desc),
        kind(values),
        src(d.batch * d.in_features, side),
        weights(d.out_features * d.in_features, side),
        bias(d.out_features, side),
        diff_dst(d.batch * d.out_features, side) {
    Random random(static_cast<uint64_t>(d.in_features));
    for (auto* tensor : {&src, &weights, &bias, &diff_dst}) {
      for (float& v : *tensor) v = random.value(kind);
    }
    for (float& w : weights) w = rounded(d.weights_type, w);
    dst.resize(static_cast<size_t>(diff_dst.size()));
    diff_src.resize(static_cast<size_t>(src.size()));
    diff_weights.resize(static_cast<size_t>(weights.size()));
    diff_bias.resize(static_cast<size_t>(bias.size()));
    for (int64_t row = 0; row < d.batch; row++) {
      for (int64_t o = 0; o < d.out_features; o++) add(row, o);
    }
  }

 private:
  void add(int64_t row, int64_t o) {
    const int64_t to = row * d.out_features + o;
    const double diff = diff_dst[to];
    dst[static_cast<size_t>(to)].add(bias[o]);
    diff_bias[static_cast<size_t>(o)].add(diff);
    for (int64_t i = 0; i < d.in_features; i++) {
      const int64_t from = row * d.in_features + i, weight = o * d.in_features + column(d, i);
      const double x = src[from], w = weights[weight];
      dst[static_cast<size_t>(to)].add(x * w);
      diff_src[static_cast<size_t>(from)].add(diff * w);
      diff_weights[static_cast<size_t>(weight)].add(diff * x);
    }
  }
};

struct Outputs {
  Guarded<float> dst, diff_src, diff_weights, diff_bias;
  Outputs(const Problem& p, Guard side)
      : dst(p.diff_dst.size(), side),
        diff_src(p.src.size(), side),
        diff_weights(p.weights.size(), side),
        diff_bias(p.bias.size(), side) {}
};

inline void run(const Problem& p, Guard side, Outputs* out) {
  int64_t packed_bytes = -1, bytes = -1;
  CHECK_OK(quern_linear_packed_size(&p.d, &packed_bytes));
  CHECK(packed_bytes == 0 || packed_bytes == 4 * p.weights.size());
  Packed packed(packed_bytes, side);
  if (packed_bytes > 0) CHECK_OK(quern_linear_pack(&p.d, p.weights.data(), packed.data()));
  const void* weights = packed.or_plain(p.weights.data());
  CHECK_OK(quern_linear_forward(&p.d, p.src.data(), weights, p.bias.data(), out->dst.data()));
  CHECK(ran("linear:gemm"));
  CHECK_OK(quern_linear_backward_data(&p.d, p.diff_dst.data(), weights, out->diff_src.data()));
  CHECK_OK(quern_linear_workspace(&p.d, &bytes));
  Guarded<char> workspace(bytes, side, 64);
  CHECK_OK(quern_linear_backward_weights(&p.d, p.src.data(), p.diff_dst.data(), out->diff_weights.data(),
                                         out->diff_bias.data(), workspace.data(), bytes));
  Guarded<float> again(p.weights.size(), side);
  CHECK_OK(quern_linear_backward_weights(&p.d, p.src.data(), p.diff_dst.data(), again.data(), nullptr, workspace.data(),
                                         bytes));
  CHECK(std::memcmp(again.data(), out->diff_weights.data(), sizeof(float) * again.size()) == 0);
}

inline void compare(const char* what, const Guarded<float>& got, const std::vector<Sum>& wanted, Values kind) {
  for (int64_t i = 0; i < got.size(); i++) {
    const Sum& sum = wanted[static_cast<size_t>(i)];
    if (!close_to(got[i], sum, kind)) {
      failed(__FILE__, __LINE__, "%s %lld: %.9g, not %.9g", what, static_cast<long long>(i), got[i], sum.value);
    }
  }
}

// Forward in inference, with other weights.
inline void check_inference(const Problem& p, Guard side) {
  quern_linear d = p.d;
  d.inference = 1;
  int64_t bytes = 0;
  CHECK_OK(quern_linear_packed_size(&d, &bytes));
  Packed packed(bytes, side);
  Guarded<float> one(p.diff_dst.size(), side), three(p.diff_dst.size(), side);
  CHECK_OK(quern_linear_pack(&d, p.weights.data(), packed.data()));
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(quern_linear_forward(&d, p.src.data(), packed.data(), p.bias.data(), one.data()));
  CHECK(ran("linear:direct"));
  compare("inference", one, p.dst, p.kind);
  CHECK_OK(quern_set_threads(many_threads));
  CHECK_OK(quern_linear_forward(&d, p.src.data(), packed.data(), p.bias.data(), three.data()));
  CHECK(std::memcmp(one.data(), three.data(), sizeof(float) * one.size()) == 0);
  CHECK_OK(quern_linear_forward(&d, p.src.data(), packed.data(), nullptr, one.data()));
  for (int64_t i = 0; i < one.size(); i++) {
    Sum plain = p.dst[static_cast<size_t>(i)];
    plain.value -= p.bias[i % d.out_features];
    CHECK(close_to(one[i], plain, p.kind));
  }
}

// In inference, with weights of 16 bits, which take half the memory.
inline void check_halves(int64_t batch, int64_t in, int64_t out, int64_t pixels, Values kind, Guard side) {
  for (int64_t type : {QUERN_BF16, QUERN_F16}) {
    quern_linear d{batch, in, out, pixels, 1, QUERN_F32, type, QUERN_F32};
    int64_t halves = 0, floats = 0;
    CHECK_OK(quern_linear_packed_size(&d, &halves));
    check_inference(Problem(d, kind, side), side);
    d.weights_type = QUERN_F32;
    CHECK_OK(quern_linear_packed_size(&d, &floats));
    CHECK(2 * halves == floats);
  }
}

inline void without_bias(const Problem& p) {
  if (p.d.pixels > 1) return;
  Guarded<float> dst(p.diff_dst.size());
  CHECK_OK(quern_linear_forward(&p.d, p.src.data(), p.weights.data(), nullptr, dst.data()));
  for (int64_t i = 0; i < dst.size(); i++) {
    Sum plain = p.dst[static_cast<size_t>(i)];
    plain.value -= p.bias[i % p.d.out_features];
    CHECK(close_to(dst[i], plain, p.kind));
  }
}

inline bool same_bits(const Guarded<float>& a, const Guarded<float>& b) {
  return std::memcmp(a.data(), b.data(), sizeof(float) * a.size()) == 0;
}

inline void check_with(const quern_linear& d, Values kind, Guard side) {
  const Problem p(d, kind, side);
  Outputs one(p, side), three(p, side);
  CHECK_OK(quern_set_threads(1));
  run(p, side, &one);
  compare("dst", one.dst, p.dst, kind);
  compare("diff_src", one.diff_src, p.diff_src, kind);
  compare("diff_weights", one.diff_weights, p.diff_weights, kind);
  compare("diff_bias", one.diff_bias, p.diff_bias, kind);
  without_bias(p);
  CHECK_OK(quern_set_threads(many_threads));
  run(p, side, &three);
  CHECK(same_bits(three.dst, one.dst) && same_bits(three.diff_src, one.diff_src));
  CHECK(same_bits(three.diff_weights, one.diff_weights) && same_bits(three.diff_bias, one.diff_bias));
  check_inference(p, side);
}

}  // namespace of_linear
