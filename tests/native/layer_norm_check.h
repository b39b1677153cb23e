// layer_norm against its formula.
#pragma once

#include "check.h"
#include "guarded.h"
#include "norms.h"
#include "numbers.h"

namespace of_layer_norm {

inline void agrees(const quern_layer_norm& d, bool affine, bool biased, double offset, double spread) {
  in_case("%lldx%lld, affine %d, bias %d, rms %d, offset %g", static_cast<long long>(d.rows),
          static_cast<long long>(d.length), affine, biased, static_cast<int>(d.rms), offset);
  Random random(static_cast<uint64_t>(d.rows * 100 + d.length));
  const int64_t n = d.rows * d.length;
  Guarded<float> src(n), diff_dst(n), dst(n), diff_src(n);
  Guarded<float> weights(d.length), bias(d.length), diff_weights(d.length), diff_bias(d.length);
  Guarded<double> saved(2 * d.rows);
  for (float& x : src) x = static_cast<float>(offset + spread * random.real());
  for (float& x : diff_dst) x = random.real();
  for (float& x : weights) x = random.real();
  for (float& x : bias) x = random.real();
  const float *w = affine ? weights.data() : nullptr, *b = biased ? bias.data() : nullptr;
  const Yardstick wanted({d.rows, 1, d.length, 1, d.eps}, src.data(), diff_dst.data(), w, b, d.rms == 1);
  CHECK_OK(quern_layer_norm_forward(&d, src.data(), w, b, dst.data(), saved.data()));
  CHECK(ran("layer_norm"));
  CHECK(all_close(dst, wanted.dst));
  CHECK_OK(quern_layer_norm_backward(&d, src.data(), diff_dst.data(), w, saved.data(), diff_src.data(),
                                     diff_weights.data(), diff_bias.data()));
  CHECK(all_close(diff_src, wanted.diff_src));
  CHECK(all_close(diff_weights, wanted.diff_weights));
  CHECK(all_close(diff_bias, wanted.diff_bias));
  diff_weights.clear();
  CHECK_OK(quern_layer_norm_backward(&d, src.data(), diff_dst.data(), w, saved.data(), nullptr, diff_weights.data(),
                                     nullptr));
  CHECK(all_close(diff_weights, wanted.diff_weights));
  diff_src.clear();
  CHECK_OK(
      quern_layer_norm_backward(&d, src.data(), diff_dst.data(), w, saved.data(), diff_src.data(), nullptr, nullptr));
  CHECK(all_close(diff_src, wanted.diff_src));
}

}  // namespace of_layer_norm
