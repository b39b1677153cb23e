// Layer normalization: a plain yardstick over awkward sizes, guarded buffers, cases by hand, refusals.
#include "layer_norm_check.h"

namespace {

using namespace of_layer_norm;

void agrees_over_awkward_sizes() {
  for (int64_t length : {2, 3, 15, 16, 17, 31, 63, 64, 65, 127, 1000}) {
    for (int64_t rows : {1, 2, 7, 33}) {
      for (int64_t rms : {0, 1}) {
        agrees({rows, length, 1e-5, rms}, true, true, 0.5, 1);
        agrees({rows, length, 1e-3, rms}, true, false, 0.5, 1);
        agrees({rows, length, 1e-5, rms}, false, false, 0.5, 1);
      }
    }
  }
  for (int64_t rms : {0, 1}) agrees({3, 20000, 1e-5, rms}, true, true, -0.5, 2);
  agrees({3, 4096, 1e-5}, true, true, 1e4, 1e-2);
}

void constants_and_single_elements_become_the_bias() {
  Guarded<float> src(17), dst(17), bias(17);
  Guarded<double> saved(34);
  for (int i = 0; i < 17; i++) src[i] = 0.1f, bias[i] = static_cast<float>(i);
  for (const quern_layer_norm& d : {quern_layer_norm{1, 17, 1e-5}, quern_layer_norm{17, 1, 1e-5}}) {
    CHECK_OK(quern_layer_norm_forward(&d, src.data(), nullptr, bias.data(), dst.data(), saved.data()));
    for (int i = 0; i < 17; i++) CHECK(std::fabs(dst[i] - bias[i % d.length]) < 1e-12);
  }
}

// sqrt(mean of 9 and 1 and 4 and 2) = 2: no mean is subtracted.
void rms_subtracts_no_mean() {
  const quern_layer_norm d{1, 4, 0, 1};
  Guarded<float> src(4), dst(4), weights(4);
  Guarded<double> saved(2);
  src[0] = 3, src[1] = 1, src[2] = -2, src[3] = std::sqrt(2.0f);
  for (int i = 0; i < 4; i++) weights[i] = static_cast<float>(i + 1);
  CHECK_OK(quern_layer_norm_forward(&d, src.data(), weights.data(), nullptr, dst.data(), saved.data()));
  for (int i = 0; i < 4; i++) CHECK(std::fabs(dst[i] - src[i] / 2 * weights[i]) < 1e-6);
  CHECK(saved[0] == 0 && std::fabs(saved[1] - 0.5) < 1e-6);
}

void an_empty_batch_has_gradients_of_zero() {
  for (int64_t rms : {0, 1}) {
    const quern_layer_norm d{0, 3, 1e-5, rms};
    Guarded<float> none(0), diff_weights(3), diff_bias(3);
    Guarded<double> saved(0);
    CHECK_OK(quern_layer_norm_forward(&d, none.data(), nullptr, nullptr, none.data(), saved.data()));
    CHECK_OK(quern_layer_norm_backward(&d, none.data(), none.data(), nullptr, saved.data(), none.data(),
                                       diff_weights.data(), diff_bias.data()));
    for (int i = 0; i < 3; i++) CHECK(diff_weights[i] == 0 && diff_bias[i] == 0);
  }
}

void refuses() {
  const auto refused = [&](int status, const char* text, const quern_layer_norm& d) {
    CHECK_REFUSED(status, text,
                  quern_layer_norm_forward(&d, untouchable<float>(), nullptr, nullptr, untouchable<float>(),
                                           untouchable<double>()));
    CHECK_REFUSED(status, text,
                  quern_layer_norm_backward(&d, untouchable<float>(), untouchable<float>(), nullptr,
                                            untouchable<double>(), nullptr, nullptr, nullptr));
  };
  refused(QUERN_INVALID_SHAPE, "a row of 0 elements", {1, 0, 0});
  refused(QUERN_INVALID_ARGUMENT, "-1 elements", {-1, 4, 0});
  refused(QUERN_INVALID_ARGUMENT, "eps nan", {1, 4, NAN});
  refused(QUERN_INVALID_ARGUMENT, "eps inf", {1, 4, INFINITY});
  refused(QUERN_INVALID_ARGUMENT, "rms 2", {1, 4, 0, 2});
  refused(QUERN_INVALID_ARGUMENT, "rms -1", {1, 4, 0, -1});
  refused(QUERN_INVALID_SHAPE, "2^53", {int64_t{1} << 30, int64_t{1} << 30, 0});
  const quern_layer_norm good{1, 4, 0};
  Guarded<float> x(4);
  Guarded<double> saved(2);
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null",
                quern_layer_norm_forward(&good, x.data(), nullptr, nullptr, nullptr, saved.data()));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "null",
                quern_layer_norm_backward(&good, x.data(), nullptr, nullptr, saved.data(), x.data(), nullptr, nullptr));
}

}  // namespace

int main() {
  start();
  agrees_over_awkward_sizes();
  constants_and_single_elements_become_the_bias();
  rms_subtracts_no_mean();
  an_empty_batch_has_gradients_of_zero();
  refuses();
  return finish();
}
