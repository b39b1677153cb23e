// Batch normalization, sums and channel copies: refusals, guarded buffers, and small cases by hand.
#include "batch_norm2d_check.h"

namespace {

using namespace of_batch_norm2d;

void normalises_a_column_by_hand() {
  // 1, 3, 5, 7: mean 4, biased variance 5, unbiased 20 / 3
  const quern_batch_norm2d d = norm(4, 1, 1);
  int64_t bytes = 0;
  CHECK_OK(quern_batch_norm2d_workspace(&d, &bytes));
  Guarded<char> workspace(bytes, Guard::After, 8);
  Guarded<float> src(4), dst(4), saved(2), diff(4);
  float weight = 2, bias = 1, mean = 0, var = 1, diff_weight = 0, diff_bias = 0;
  for (int i = 0; i < 4; i++) src[i] = static_cast<float>(1 + 2 * i);
  CHECK_OK(quern_batch_norm2d_forward(&d, src.data(), nullptr, &weight, &bias, &mean, &var, nullptr, dst.data(),
                                      saved.data(), nullptr, nullptr, workspace.data(), bytes));
  for (int i = 0; i < 4; i++) CHECK(std::fabs(dst[i] - ((src[i] - 4) / std::sqrt(5.0) * 2 + 1)) < 1e-6);
  CHECK(std::fabs(mean - 2) < 1e-6 && std::fabs(var - (0.5 + 10.0 / 3)) < 1e-6);
  // the gradient of a constant vanishes, and bias collects it
  Guarded<float> ones(4);
  for (int i = 0; i < 4; i++) ones[i] = 1;
  CHECK_OK(quern_batch_norm2d_backward(&d, src.data(), nullptr, ones.data(), &weight, &bias, saved.data(), diff.data(),
                                       nullptr, &diff_weight, &diff_bias, workspace.data(), bytes));
  for (int i = 0; i < 4; i++) CHECK(std::fabs(diff[i]) < 1e-6);
  CHECK(diff_bias == 4 && std::fabs(diff_weight) < 1e-6);
}

// Sums that somebody else took are used as they are: here those of 2, 2, 4, 4.
void takes_sums() {
  const quern_batch_norm2d d = norm(4, 1, 1);
  int64_t bytes = 0;
  CHECK_OK(quern_batch_norm2d_workspace(&d, &bytes));
  Guarded<char> workspace(bytes, Guard::After, 8);
  Guarded<double> sums(2);
  sums[0] = 12, sums[1] = 40;
  Guarded<float> src(4), dst(4), saved(2);
  float weight = 1, bias = 0, mean = 0, var = 1;
  for (int i = 0; i < 4; i++) src[i] = static_cast<float>(i);
  CHECK_OK(quern_batch_norm2d_forward(&d, src.data(), sums.data(), &weight, &bias, &mean, &var, nullptr, dst.data(),
                                      saved.data(), nullptr, nullptr, workspace.data(), bytes));
  CHECK(saved[0] == 3 && saved[1] == 1 && mean == 1.5f);
  for (int i = 0; i < 4; i++) CHECK(dst[i] == static_cast<float>(i - 3));
}

// With ReLU, and with a sum before it: against plain loops that take the gradient's mask from the output.
void fuses(int64_t rows, int64_t channels, int64_t training, bool add, int64_t relu, Guard side) {
  in_case("%lld rows of %lld channels, training %lld, add %d, relu %lld", (long long)rows, (long long)channels,
          (long long)training, add, (long long)relu);
  quern_batch_norm2d d = norm(rows, channels, training), plain = d;
  d.relu = relu;
  const float high = relu == QUERN_RELU6 ? 6.0f : INFINITY;
  int64_t bytes = 0;
  CHECK_OK(quern_batch_norm2d_workspace(&d, &bytes));
  Guarded<char> workspace(bytes, side, 8);
  const int64_t n = rows * channels;
  Guarded<float> src(n, side), other(n, side), dst(n, side), wanted(n, side), diff(n, side), masked(n, side);
  Guarded<float> diff_src(n, side), wanted_src(n, side), diff_add(n, side), saved(2 * channels, side);
  Guarded<float> weights(channels, side), bias(channels, side), mean(channels, side), var(channels, side);
  Guarded<float> dw(channels, side), db(channels, side), wanted_w(channels, side), wanted_b(channels, side);
  for (int64_t i = 0; i < n; i++) {
    src[i] = static_cast<float>(noise(i));
    other[i] = static_cast<float>(noise(i + 5));
    diff[i] = static_cast<float>(noise(i + 11));
  }
  for (int64_t i = 0; i < channels; i++) {
    weights[i] = (relu == QUERN_RELU6 ? 8.0f : 1.0f) + 0.1f * static_cast<float>(i);
    bias[i] = -0.1f;
    mean[i] = 0.05f;
    var[i] = 1;
  }
  const float* sum = add ? other.data() : nullptr;
  const auto forward = [&](const quern_batch_norm2d& with, const float* added, float* to) {
    CHECK_OK(quern_batch_norm2d_forward(&with, src.data(), nullptr, weights.data(), bias.data(), mean.data(),
                                        var.data(), added, to, saved.data(), nullptr, nullptr, workspace.data(),
                                        bytes));
  };
  forward(plain, nullptr, wanted.data());
  forward(d, sum, dst.data());
  for (int64_t i = 0; i < n; i++) {
    const float v = add ? wanted[i] + other[i] : wanted[i];
    CHECK(dst[i] == (v <= 0 ? 0 : std::min(v, high)));
    masked[i] = v <= 0 || v >= high ? 0 : diff[i];
  }
  CHECK_OK(quern_batch_norm2d_backward(&plain, src.data(), nullptr, masked.data(), weights.data(), bias.data(),
                                       saved.data(), wanted_src.data(), nullptr, wanted_w.data(), wanted_b.data(),
                                       workspace.data(), bytes));
  for (float* to : {add ? diff_add.data() : nullptr, static_cast<float*>(nullptr)}) {
    CHECK_OK(quern_batch_norm2d_backward(&d, src.data(), add ? dst.data() : nullptr, diff.data(), weights.data(),
                                         bias.data(), saved.data(), diff_src.data(), to, dw.data(), db.data(),
                                         workspace.data(), bytes));
    for (int64_t i = 0; i < n; i++) CHECK(diff_src[i] == wanted_src[i] && (to == nullptr || diff_add[i] == masked[i]));
    for (int64_t i = 0; i < channels; i++) CHECK(dw[i] == wanted_w[i] && db[i] == wanted_b[i]);
    // nobody may want the gradients of weights and bias
    std::fill(diff_src.begin(), diff_src.end(), 7.0f);
    CHECK_OK(quern_batch_norm2d_backward(&d, src.data(), add ? dst.data() : nullptr, diff.data(), weights.data(),
                                         bias.data(), saved.data(), diff_src.data(), to, nullptr, nullptr,
                                         workspace.data(), bytes));
    for (int64_t i = 0; i < n; i++) CHECK(diff_src[i] == wanted_src[i] && (to == nullptr || diff_add[i] == masked[i]));
  }
  in_case("%s", "");
}

// scale and shift do what evaluation does.
void folds() {
  quern_batch_norm2d d = norm(3, 2, 0);
  d.eps = 0.25;
  const float weights[] = {2, -1}, bias[] = {1, 3}, mean[] = {4, -2}, var[] = {0.75f, 3.75f}, before[] = {0.5f, 1};
  float scale[2], shift[2];
  CHECK_OK(quern_batch_norm2d_fold(&d, weights, bias, mean, var, nullptr, scale, shift));
  CHECK(scale[0] == 2 && shift[0] == 1 - 4 * 2 && scale[1] == -0.5f && shift[1] == 3 - 2 * 0.5f);
  CHECK_OK(quern_batch_norm2d_fold(&d, weights, bias, mean, var, before, scale, shift));
  CHECK(shift[0] == 1 + (0.5f - 4) * 2 && shift[1] == 3 - (1 + 2) * 0.5f);
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null",
                quern_batch_norm2d_fold(&d, weights, bias, mean, var, nullptr, nullptr, shift));
}

void refuses() {
  const quern_batch_norm2d good = norm(4, 2, 1);
  int64_t bytes = 0;
  CHECK_OK(quern_batch_norm2d_workspace(&good, &bytes));
  Guarded<char> workspace(bytes, Guard::After, 8);
  Guarded<float> x(8), c(2), saved(4);
  const auto run = [&](const quern_batch_norm2d& d, int64_t given) {
    return quern_batch_norm2d_forward(&d, x.data(), nullptr, c.data(), c.data(), c.data(), c.data(), nullptr, x.data(),
                                      saved.data(), nullptr, nullptr, workspace.data(), given);
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
  d = good, d.relu = -1;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "relu", run(d, bytes));
  quern_activation activation = activation_named("silu");
  d = good, d.activation = &activation;
  int64_t more = 0;
  CHECK_OK(quern_batch_norm2d_workspace(&d, &more));
  CHECK(more > bytes);
  Guarded<char> larger(more, Guard::After, 8);
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "activation and addend exclude each other",
                quern_batch_norm2d_forward(&d, x.data(), nullptr, c.data(), c.data(), c.data(), c.data(), x.data(),
                                           x.data(), saved.data(), nullptr, nullptr, larger.data(), more));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "activation and addend exclude each other",
                quern_batch_norm2d_backward(&d, x.data(), x.data(), x.data(), c.data(), c.data(), saved.data(),
                                            x.data(), x.data(), c.data(), c.data(), larger.data(), more));
  d.relu = 1;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "activation and relu exclude each other", run(d, bytes));
  d.relu = 0, activation.kind = 99;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "kind 99", run(d, bytes));
  d = good, d.rows = int64_t{1} << 52, d.channels = 1 << 20;
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "2^53", run(d, bytes));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null",
                quern_batch_norm2d_forward(&good, nullptr, nullptr, c.data(), c.data(), c.data(), c.data(), nullptr,
                                           x.data(), saved.data(), nullptr, nullptr, workspace.data(), bytes));
}

void adds_and_copies() {
  Guarded<float> a(5), b(5), sum(5), wide(7);
  for (int i = 0; i < 5; i++) a[i] = static_cast<float>(i), b[i] = static_cast<float>(10 * i);
  CHECK_OK(quern_add(QUERN_F32, 5, a.data(), b.data(), sum.data()));
  for (int i = 0; i < 5; i++) CHECK(sum[i] == 11.0f * static_cast<float>(i));
  // two rows of 2 channels into a tensor of pitch 5, which ends tight; what lies between stays
  for (int i = 0; i < 7; i++) wide[i] = -1;
  CHECK_OK(quern_copy_channels(QUERN_F32, 2, 2, a.data(), 2, wide.data(), 5));
  CHECK(wide[0] == 0 && wide[1] == 1 && wide[2] == -1 && wide[4] == -1 && wide[5] == 2 && wide[6] == 3);
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "dst_pitch", quern_copy_channels(QUERN_F32, 2, 2, a.data(), 2, wide.data(), 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "-1 rows", quern_copy_channels(QUERN_F32, -1, 2, a.data(), 2, wide.data(), 5));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null", quern_add(QUERN_F32, 1, nullptr, b.data(), sum.data()));
}

}  // namespace

int main() {
  start();
  normalises_a_column_by_hand();
  takes_sums();
  for (int64_t channels : {1, 3, 8, 16, 33, 70}) {
    for (const bool add : {false, true}) {
      for (int64_t training : {0, 1}) {
        for (const char* name : {"silu", "relu6", "gelu", "leaky_relu"}) {
          if (add) continue;
          ends_with_an_activation(3, channels, training, name, Guard::Before);
          ends_with_an_activation(700, channels, training, name, Guard::After);
        }
        for (int64_t relu : {QUERN_RELU, QUERN_RELU6}) {
          fuses(2, channels, training, add, relu, Guard::Before);
          fuses(700, channels, training, add, relu, Guard::After);
        }
      }
    }
  }
  int64_t turned = 0, turned6 = 0;
  for (int64_t channels : {1, 3, 16, 33, 70, 5000}) {
    const int64_t rows = channels == 5000 ? 3 : 700;
    for (const bool add : {false, true}) {
      keeps_bf16(2, channels, nullptr, QUERN_NO_RELU, add, Guard::Before);
      turned += keeps_bf16(rows, channels, nullptr, QUERN_RELU, add, Guard::After);
      turned6 += keeps_bf16(rows, channels, nullptr, QUERN_RELU6, add, Guard::After);
    }
    for (const char* name : {"silu", "relu6"}) keeps_bf16(rows, channels, name, QUERN_NO_RELU, false, Guard::After);
  }
  CHECK(turned > 0 && turned6 > 0);
  folds();
  refuses();
  adds_and_copies();
  return finish();
}
