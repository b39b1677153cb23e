// Batch normalisation, sums and channel copies: refusals, guarded buffers, and small cases by hand.
#include "check.h"
#include "guarded.h"

namespace {

quern_batch_norm2d norm(int64_t rows, int64_t channels, int64_t training) {
  return {rows, channels, 0.5, 0.0, training};
}

void normalises_a_column_by_hand() {
  // 1, 3, 5, 7: mean 4, biased variance 5, unbiased 20 / 3
  const quern_batch_norm2d d = norm(4, 1, 1);
  int64_t bytes = 0;
  CHECK_OK(quern_batch_norm2d_workspace(&d, &bytes));
  Guarded<char> workspace(bytes, Guard::After, 8);
  Guarded<float> src(4), dst(4), saved(2), diff(4);
  float weight = 2, bias = 1, mean = 0, var = 1, diff_weight = 0, diff_bias = 0;
  for (int i = 0; i < 4; i++) src[i] = static_cast<float>(1 + 2 * i);
  CHECK_OK(quern_batch_norm2d_forward(&d, src.data(), &weight, &bias, &mean, &var, dst.data(), saved.data(),
                                      workspace.data(), bytes));
  for (int i = 0; i < 4; i++) CHECK(std::fabs(dst[i] - ((src[i] - 4) / std::sqrt(5.0) * 2 + 1)) < 1e-6);
  CHECK(std::fabs(mean - 2) < 1e-6 && std::fabs(var - (0.5 + 10.0 / 3)) < 1e-6);
  // the gradient of a constant vanishes, and bias collects it
  Guarded<float> ones(4);
  for (int i = 0; i < 4; i++) ones[i] = 1;
  CHECK_OK(quern_batch_norm2d_backward(&d, src.data(), ones.data(), &weight, saved.data(), diff.data(), &diff_weight,
                                       &diff_bias, workspace.data(), bytes));
  for (int i = 0; i < 4; i++) CHECK(std::fabs(diff[i]) < 1e-6);
  CHECK(diff_bias == 4 && std::fabs(diff_weight) < 1e-6);
}

void refuses() {
  const quern_batch_norm2d good = norm(4, 2, 1);
  int64_t bytes = 0;
  CHECK_OK(quern_batch_norm2d_workspace(&good, &bytes));
  Guarded<char> workspace(bytes, Guard::After, 8);
  Guarded<float> x(8), c(2), saved(4);
  const auto run = [&](const quern_batch_norm2d& d, int64_t given) {
    return quern_batch_norm2d_forward(&d, x.data(), c.data(), c.data(), c.data(), c.data(), x.data(), saved.data(),
                                      workspace.data(), given);
  };
  CHECK_REFUSED(QUERN_WORKSPACE, "workspace", run(good, bytes - 1));
  quern_batch_norm2d d = good;
  d.rows = 1;
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "2 or more", run(d, bytes));
  d = good, d.channels = 0;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "channels 0", run(d, bytes));
  d = good, d.momentum = 1.5;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "momentum", run(d, bytes));
  d = good, d.eps = -1;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "eps", run(d, bytes));
  d = good, d.training = 2;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "training", run(d, bytes));
  d = good, d.rows = int64_t{1} << 52, d.channels = 1 << 20;
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "2^53", run(d, bytes));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null",
                quern_batch_norm2d_forward(&good, nullptr, c.data(), c.data(), c.data(), c.data(), x.data(),
                                           saved.data(), workspace.data(), bytes));
}

void adds_and_copies() {
  Guarded<float> a(5), b(5), sum(5), wide(7);
  for (int i = 0; i < 5; i++) a[i] = static_cast<float>(i), b[i] = static_cast<float>(10 * i);
  CHECK_OK(quern_add(5, a.data(), b.data(), sum.data()));
  for (int i = 0; i < 5; i++) CHECK(sum[i] == 11.0f * static_cast<float>(i));
  // two rows of 2 channels into a tensor of pitch 5, which ends tight; what lies between stays
  for (int i = 0; i < 7; i++) wide[i] = -1;
  CHECK_OK(quern_copy_channels(2, 2, a.data(), 2, wide.data(), 5));
  CHECK(wide[0] == 0 && wide[1] == 1 && wide[2] == -1 && wide[4] == -1 && wide[5] == 2 && wide[6] == 3);
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "dst_pitch", quern_copy_channels(2, 2, a.data(), 2, wide.data(), 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "-1 rows", quern_copy_channels(-1, 2, a.data(), 2, wide.data(), 5));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null", quern_add(1, nullptr, b.data(), sum.data()));
}

}  // namespace

int main() {
  start();
  normalises_a_column_by_hand();
  refuses();
  adds_and_copies();
  return finish();
}
