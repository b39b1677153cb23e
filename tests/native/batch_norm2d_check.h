// What the tests of batch_norm2d and the attacks on it share.
#pragma once

#include <algorithm>

#include "activation_named.h"
#include "cast_check.h"
#include "guarded.h"
#include "numbers.h"

namespace of_batch_norm2d {

inline double noise(int64_t i) { return static_cast<double>(i * 7919 % 1013) / 506.5 - 1; }

inline quern_batch_norm2d norm(int64_t rows, int64_t channels, int64_t training) {
  quern_batch_norm2d d{};
  d.rows = rows, d.channels = channels, d.momentum = 0.5, d.training = training;
  return d;
}

// With an activation behind it: the bits of both operators one after the other, whether its backward pass goes by the
// output or by the input; the gradients in place, apart, and unwanted.
inline void ends_with_an_activation(int64_t rows, int64_t channels, int64_t training, const char* name, Guard side) {
  in_case("%lld rows of %lld channels, training %lld, %s", (long long)rows, (long long)channels, (long long)training,
          name);
  const quern_activation activation = activation_named(name, 0.1);
  quern_batch_norm2d d = norm(rows, channels, training), plain = d;
  d.activation = &activation;
  int64_t bytes = 0, by_dst = 0;
  CHECK_OK(quern_batch_norm2d_workspace(&d, &bytes));
  CHECK_OK(quern_activation_reads_dst(&activation, &by_dst));
  Guarded<char> workspace(bytes, side, 8);
  const int64_t n = rows * channels;
  Guarded<float> src(n, side), between(n, side), dst(n, side), wanted(n, side), diff(n, side), diff_between(n, side);
  Guarded<float> diff_src(n, side), wanted_src(n, side), saved(2 * channels, side);
  Guarded<float> weights(channels, side), bias(channels, side), mean(channels, side), var(channels, side);
  Guarded<float> dw(channels, side), db(channels, side), wanted_w(channels, side), wanted_b(channels, side);
  for (int64_t i = 0; i < n; i++) {
    src[i] = static_cast<float>(noise(i));
    diff[i] = static_cast<float>(noise(i + 11));
  }
  for (int64_t i = 0; i < channels; i++) {
    weights[i] = 1 + 0.1f * static_cast<float>(i);
    bias[i] = 0.1f;
    mean[i] = 0.05f;
    var[i] = 1;
  }
  const auto forward = [&](const quern_batch_norm2d& with, float* to) {
    CHECK_OK(quern_batch_norm2d_forward(&with, src.data(), nullptr, weights.data(), bias.data(), mean.data(),
                                        var.data(), nullptr, to, saved.data(), nullptr, nullptr, workspace.data(),
                                        bytes));
  };
  const auto backward = [&](const quern_batch_norm2d& with, const float* y, const float* dy, float* dx, float* w,
                            float* b) {
    CHECK_OK(quern_batch_norm2d_backward(&with, src.data(), y, dy, weights.data(), bias.data(), saved.data(), dx,
                                         nullptr, w, b, workspace.data(), bytes));
  };
  forward(plain, between.data());
  CHECK_OK(quern_activation_forward(&activation, n, between.data(), wanted.data()));
  forward(d, dst.data());
  for (int64_t i = 0; i < n; i++) CHECK(dst[i] == wanted[i]);
  CHECK_OK(quern_activation_backward(&activation, n, by_dst == 1 ? wanted.data() : between.data(), diff.data(),
                                     diff_between.data()));
  backward(plain, nullptr, diff_between.data(), wanted_src.data(), wanted_w.data(), wanted_b.data());
  const float* y = by_dst == 1 ? dst.data() : nullptr;
  const auto right = [&](const float* dx) {
    for (int64_t i = 0; i < n && dx != nullptr; i++) CHECK(dx[i] == wanted_src[i]);
    for (int64_t i = 0; i < channels; i++) CHECK(dw[i] == wanted_w[i] && db[i] == wanted_b[i]);
  };
  backward(d, y, diff.data(), diff_src.data(), dw.data(), db.data());
  right(diff_src.data());
  backward(d, y, diff.data(), nullptr, dw.data(), db.data());
  right(nullptr);
  backward(d, y, diff.data(), diff.data(), dw.data(), db.data());
  right(diff.data());
  if (by_dst == 1) {
    CHECK_REFUSED(
        QUERN_INVALID_ARGUMENT, "null",
        quern_batch_norm2d_backward(&d, src.data(), nullptr, diff.data(), weights.data(), bias.data(), saved.data(),
                                    diff_src.data(), nullptr, dw.data(), db.data(), workspace.data(), bytes));
  }
  in_case("%s", "");
}

// The copies in bfloat16 that the forward pass makes, and gradients from them: the bits of both passes on float32 whose
// values are rounded already, with the mask of ReLU from the output. `name` may be NULL. Returns how many inputs were
// rounded to the neighbor that is not the nearest, for the mask.
inline int64_t keeps_bf16(int64_t rows, int64_t channels, const char* name, int64_t relu, bool adds, Guard side) {
  in_case("%lld rows of %lld channels, kept in bfloat16, %s, relu %lld, add %d", (long long)rows, (long long)channels,
          name == nullptr ? "none" : name, (long long)relu, adds);
  const quern_activation activation = activation_named(name == nullptr ? "silu" : name, 0.1);
  quern_batch_norm2d d = norm(rows, channels, 1);
  d.relu = relu;
  if (name != nullptr) d.activation = &activation;
  quern_batch_norm2d kept = d;
  kept.saved_type = QUERN_BF16;
  int64_t bytes = 0;
  CHECK_OK(quern_batch_norm2d_workspace(&kept, &bytes));
  const int64_t n = rows * channels;
  Guarded<char> workspace(bytes, side, 8);
  Guarded<float> src(n, side), rounded(n, side), add(n, side), diff(n, side), saved(2 * channels, side);
  Guarded<uint16_t> bits(n, side), x(n, side), y(n, side);
  Guarded<double> sums(2 * channels, side);
  Guarded<float> vectors[4] = {Guarded<float>(channels, side), Guarded<float>(channels, side),
                               Guarded<float>(channels, side), Guarded<float>(channels, side)};
  for (int64_t i = 0; i < 2 * channels; i++) sums[i] = 0;
  for (int64_t i = 0; i < n; i++) {
    src[i] = static_cast<float>(noise(i));
    add[i] = static_cast<float>(noise(i + 5));
    diff[i] = static_cast<float>(noise(i + 11));
    sums[i % channels] += src[i];
    sums[channels + i % channels] += src[i] * src[i];
  }
  for (int64_t i = 0; i < channels; i++) {
    vectors[0][i] = (relu == QUERN_RELU6 ? 8.0f : 1.0f) + 0.1f * static_cast<float>(i), vectors[1][i] = -0.1f,
    vectors[2][i] = 0, vectors[3][i] = 1;
  }
  const auto forward = [&](const Guarded<float>& from, float* to, void* src_bf16, void* dst_bf16) {
    CHECK_OK(quern_batch_norm2d_forward(&d, from.data(), sums.data(), vectors[0].data(), vectors[1].data(),
                                        vectors[2].data(), vectors[3].data(), adds ? add.data() : nullptr, to,
                                        saved.data(), src_bf16, dst_bf16, workspace.data(), bytes));
  };
  Guarded<float> dst(n, side), wanted(n, side);
  forward(src, wanted.data(), nullptr, nullptr);
  forward(src, dst.data(), x.data(), y.data());
  const bool masks = relu != QUERN_NO_RELU && !adds;
  int64_t turned = 0;
  for (int64_t i = 0; i < n; i++) {
    uint32_t word;
    std::memcpy(&word, &src[i], sizeof word);
    const bool nearest = x[i] == of_cast::nearest(src[i]);
    turned += nearest ? 0 : 1;
    CHECK(nearest || (masks && (x[i] == word >> 16 || x[i] == (word >> 16) + 1)));
    CHECK(dst[i] == wanted[i]);
  }
  CHECK_OK(quern_cast(n, QUERN_BF16, x.data(), QUERN_F32, rounded.data()));
  CHECK_OK(quern_cast(n, QUERN_F32, wanted.data(), QUERN_BF16, bits.data()));
  for (int64_t i = 0; i < n; i++) CHECK(y[i] == bits[i]);
  std::fill(y.begin(), y.end(), uint16_t{7});
  forward(src, dst.data(), nullptr, y.data());
  for (int64_t i = 0; i < n; i++) CHECK(y[i] == bits[i]);
  Guarded<uint16_t> again(n, side);
  std::copy(src.begin(), src.end(), dst.begin());
  forward(dst, dst.data(), again.data(), nullptr);  // in place
  for (int64_t i = 0; i < n; i++) CHECK(again[i] == x[i] && dst[i] == wanted[i]);
  if (name == nullptr) {  // the copies alone
    Guarded<uint16_t> alone(n, side);
    forward(src, nullptr, again.data(), alone.data());
    for (int64_t i = 0; i < n; i++) CHECK(again[i] == x[i] && alone[i] == bits[i]);
  }
  CHECK_OK(quern_cast(n, QUERN_BF16, bits.data(), QUERN_F32, dst.data()));  // as the output is kept
  Guarded<float> dx(n, side), wanted_dx(n, side), da(n, side), wanted_da(n, side);
  Guarded<float> dw(channels, side), wanted_dw(channels, side), db(channels, side), wanted_db(channels, side);
  const auto backward = [&](const quern_batch_norm2d& with, const void* a, const void* b, const void* from, void* to,
                            float* to_add, float* w, float* bias) {
    CHECK_OK(quern_batch_norm2d_backward(&with, a, b, from, vectors[0].data(), vectors[1].data(), saved.data(), to,
                                         adds ? to_add : nullptr, w, bias, workspace.data(), bytes));
  };
  const void* output = masks ? nullptr : bits.data();
  const auto close = [&](float got, float from, double terms) { return std::fabs(got - from) <= 1e-6 * terms; };
  const auto compare = [&] {  // a channel whose few values are nearly equal is divided by little
    const auto stretched = [&](int64_t channel) { return std::max(1.0, double{saved[channels + channel]}); };
    for (int64_t i = 0; i < n; i++) {
      const int64_t channel = i % channels;
      CHECK(close(dx[i], wanted_dx[i], 4 * vectors[0][channel] * stretched(channel)) &&
            (!adds || da[i] == wanted_da[i]));
    }
    for (int64_t i = 0; i < channels; i++) {
      const auto terms = static_cast<double>(rows) * stretched(i);
      CHECK(close(dw[i], wanted_dw[i], 2 * terms) && close(db[i], wanted_db[i], terms));
    }
  };
  backward(d, rounded.data(), masks ? wanted.data() : dst.data(), diff.data(), wanted_dx.data(), wanted_da.data(),
           wanted_dw.data(), wanted_db.data());
  backward(kept, x.data(), output, diff.data(), dx.data(), da.data(), dw.data(), db.data());
  compare();
  kept.diff_src_type = QUERN_BF16;
  Guarded<uint16_t> halves(n, side), from(n, side);
  Guarded<float> w(channels, side), b(channels, side);
  if (name != nullptr) {
    CHECK_REFUSED(QUERN_UNSUPPORTED, "diff_src_type of an activation", quern_batch_norm2d_workspace(&kept, &bytes));
    in_case("%s", "");
    return turned;
  }
  // the gradient of the input rounded, then that of the output, too
  const auto rounds = [&](const void* diff_dst) {
    backward(kept, x.data(), output, diff_dst, halves.data(), da.data(), w.data(), b.data());
    for (int64_t i = 0; i < n; i++) CHECK(halves[i] == of_cast::nearest(dx[i]) && (!adds || da[i] == wanted_da[i]));
    for (int64_t i = 0; i < channels; i++) CHECK(w[i] == dw[i] && b[i] == db[i]);
  };
  rounds(diff.data());
  CHECK_OK(quern_cast(n, QUERN_F32, diff.data(), QUERN_BF16, from.data()));
  CHECK_OK(quern_cast(n, QUERN_BF16, from.data(), QUERN_F32, diff.data()));
  backward(d, rounded.data(), masks ? wanted.data() : dst.data(), diff.data(), wanted_dx.data(), wanted_da.data(),
           wanted_dw.data(), wanted_db.data());
  kept.diff_src_type = QUERN_F32;
  backward(kept, x.data(), output, diff.data(), dx.data(), da.data(), dw.data(), db.data());
  compare();
  kept.diff_src_type = kept.diff_dst_type = QUERN_BF16;
  rounds(from.data());
  in_case("%s", "");
  return turned;
}

}  // namespace of_batch_norm2d
