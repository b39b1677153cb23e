// group_norm against its formula.
#pragma once

#include "check.h"
#include "guarded.h"
#include "norms.h"
#include "numbers.h"

namespace of_group_norm {

inline void agrees(const quern_group_norm& d, bool affine, double offset, double spread) {
  in_case("%lldx%lldx%lld in %lld groups, affine %d, offset %g", static_cast<long long>(d.batch),
          static_cast<long long>(d.pixels), static_cast<long long>(d.channels), static_cast<long long>(d.groups),
          affine, offset);
  Random random(static_cast<uint64_t>(d.pixels * 100 + d.channels));
  const int64_t n = d.batch * d.pixels * d.channels;
  Guarded<float> src(n), diff_dst(n), dst(n), diff_src(n);
  Guarded<float> weights(d.channels), bias(d.channels), diff_weights(d.channels), diff_bias(d.channels);
  Guarded<double> saved(2 * d.batch * d.groups);
  for (float& x : src) x = static_cast<float>(offset + spread * random.real());
  for (float& x : diff_dst) x = random.real();
  for (float& x : weights) x = random.real();
  for (float& x : bias) x = random.real();
  const float *w = affine ? weights.data() : nullptr, *b = affine ? bias.data() : nullptr;
  const Yardstick wanted(d, src.data(), diff_dst.data(), w, b);
  int64_t bytes = 0;
  CHECK_OK(quern_group_norm_workspace(&d, &bytes));
  Guarded<char> workspace(bytes, Guard::After, 8);
  CHECK_OK(quern_group_norm_forward(&d, src.data(), w, b, dst.data(), saved.data()));
  CHECK(ran("group_norm"));
  CHECK(all_close(dst, wanted.dst));
  CHECK_OK(quern_group_norm_backward(&d, src.data(), diff_dst.data(), w, saved.data(), diff_src.data(),
                                     diff_weights.data(), diff_bias.data(), workspace.data(), bytes));
  CHECK(all_close(diff_src, wanted.diff_src));
  CHECK(all_close(diff_weights, wanted.diff_weights));
  CHECK(all_close(diff_bias, wanted.diff_bias));
  diff_weights.clear();
  CHECK_OK(quern_group_norm_backward(&d, src.data(), diff_dst.data(), w, saved.data(), nullptr, diff_weights.data(),
                                     nullptr, workspace.data(), bytes));
  CHECK(all_close(diff_weights, wanted.diff_weights));
  CHECK_OK(quern_group_norm_backward(&d, src.data(), diff_dst.data(), w, saved.data(), diff_src.data(), nullptr,
                                     nullptr, workspace.data(), bytes));
  CHECK(all_close(diff_src, wanted.diff_src));
}

}  // namespace of_group_norm
