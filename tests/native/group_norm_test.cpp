// Group normalization: small cases by hand, a plain yardstick over awkward sizes, guarded buffers, refusals.
#include "group_norm_check.h"

namespace {

using namespace of_group_norm;

void agrees_over_awkward_sizes() {
  const int64_t sizes[][4] = {{1, 1, 2, 1},    {2, 1, 6, 3},    {3, 7, 6, 6},    {2, 35, 12, 4}, {1, 5, 63, 1},
                              {2, 3, 65, 1},   {2, 3, 65, 5},   {2, 3, 65, 13},  {1, 9, 130, 2}, {2, 4, 192, 64},
                              {1, 2, 198, 66}, {5, 17, 31, 31}, {2, 500, 33, 11}};
  for (const auto& s : sizes) {
    for (bool affine : {true, false}) agrees({s[0], s[1], s[2], s[3], 1e-5}, affine, 0.5, 1);
  }
  agrees({2, 400, 24, 4, 1e-5}, true, 1e4, 1e-2);
}

void constants_become_the_bias() {
  const quern_group_norm d{1, 3, 2, 1, 1e-5};
  Guarded<float> src(6), dst(6), bias(2);
  Guarded<double> saved(2);
  for (float& x : src) x = 123456;
  bias[0] = 7, bias[1] = -3;
  CHECK_OK(quern_group_norm_forward(&d, src.data(), nullptr, bias.data(), dst.data(), saved.data()));
  for (int i = 0; i < 6; i++) CHECK(dst[i] == bias[i % 2]);
  CHECK(saved[0] == 123456 && std::fabs(saved[1] - 1 / std::sqrt(1e-5)) < 1e-9);
}

void an_empty_batch_has_gradients_of_zero() {
  const quern_group_norm d{0, 3, 2, 1, 1e-5};
  Guarded<float> none(0), diff_weights(2), diff_bias(2);
  Guarded<double> saved(0);
  CHECK_OK(quern_group_norm_forward(&d, none.data(), nullptr, nullptr, none.data(), saved.data()));
  CHECK_OK(quern_group_norm_backward(&d, none.data(), none.data(), nullptr, saved.data(), none.data(),
                                     diff_weights.data(), diff_bias.data(), nullptr, 0));
  for (int i = 0; i < 2; i++) CHECK(diff_weights[i] == 0 && diff_bias[i] == 0);
}

void refuses() {
  const quern_group_norm good{1, 1, 6, 2, 0};
  int64_t bytes = 0;
  CHECK_OK(quern_group_norm_workspace(&good, &bytes));
  Guarded<float> x(6);
  Guarded<double> saved(4);
  Guarded<char> workspace(bytes, Guard::After, 8);
  const auto refused = [&](int status, const char* text, const quern_group_norm& d) {
    CHECK_REFUSED(status, text,
                  quern_group_norm_forward(&d, untouchable<float>(), nullptr, nullptr, untouchable<float>(),
                                           untouchable<double>()));
  };
  refused(QUERN_INVALID_SHAPE, "6 channels are not a multiple of num_groups 4", {1, 1, 6, 4, 0});
  refused(QUERN_INVALID_ARGUMENT, "num_groups 0", {1, 1, 6, 0, 0});
  refused(QUERN_INVALID_ARGUMENT, "channels 0", {1, 1, 0, 1, 0});
  refused(QUERN_INVALID_ARGUMENT, "pixels 0", {1, 0, 6, 1, 0});
  refused(QUERN_INVALID_ARGUMENT, "batch -1", {-1, 1, 6, 1, 0});
  refused(QUERN_INVALID_ARGUMENT, "eps -1", {1, 1, 6, 1, -1});
  refused(QUERN_INVALID_SHAPE, "2^53", {INT32_MAX, INT32_MAX, 2, 1, 0});
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null",
                quern_group_norm_forward(&good, nullptr, nullptr, nullptr, x.data(), saved.data()));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null", quern_group_norm_workspace(nullptr, &bytes));
  CHECK_REFUSED(QUERN_WORKSPACE, "workspace of 95 bytes is smaller than the 96",
                quern_group_norm_backward(&good, x.data(), x.data(), nullptr, saved.data(), nullptr, nullptr, nullptr,
                                          workspace.data(), bytes - 1));
}

}  // namespace

int main() {
  start();
  agrees_over_awkward_sizes();
  constants_become_the_bias();
  an_empty_batch_has_gradients_of_zero();
  refuses();
  return finish();
}
