// local_response_norm against its formula: windows narrower and wider than vectors and channels; and what is refused.
#include "local_response_norm_check.h"

namespace {

using namespace of_local_response_norm;
using Norm = quern_local_response_norm;

void cases(Guard side) {
  for (double beta : {0.75, 0.5, 1.0, 0.0, 0.6, 2.0}) {
    for (int64_t channels : {1, 5, 16, 37, 96}) {
      for (int64_t size : {1, 2, 3, 5, 8}) check({7, channels, size, 0.5, beta, 1, QUERN_F32}, side);
    }
  }
  for (int64_t size : {5, 64, 65, 130, 600, 1 << 20}) {
    check({2, 530, size, 1, 0.75, 2, QUERN_F32}, side);  // several blocks of channels, several of places
  }
  check({3, 64, 5, 1e-4, 0.75, 1, QUERN_F32}, side);
  check({900, 70, 5, 0.1, 0.75, 1, QUERN_F32}, side);  // several pieces
  check({0, 4, 3, 1, 0.75, 1, QUERN_F32}, side);
}

void special_values() {
  const Norm d{1, 4, 3, 3, 0.75, 1, QUERN_F32};
  const float src[] = {1, NAN, 0, 2}, large[] = {3e38f, 1, 0, 1};
  float dst[4];
  CHECK_OK(quern_local_response_norm_forward(&d, src, dst));
  CHECK(std::isnan(dst[0]) && std::isnan(dst[1]) && std::isnan(dst[2]) && dst[3] > 0);
  CHECK_OK(quern_local_response_norm_forward(&d, large, dst));
  CHECK(dst[0] == 0 && dst[1] == 0 && dst[2] == 0 && dst[3] > 0);
}

void refused(int status, const char* text, const Norm* d) {
  float* f = untouchable<float>();
  CHECK_REFUSED(status, text, quern_local_response_norm_workspace(d, untouchable<int64_t>()));
  CHECK_REFUSED(status, text, quern_local_response_norm_forward(d, f, f));
  CHECK_REFUSED(status, text, quern_local_response_norm_backward(d, f, f, f, f, INT64_MAX));
}

void refusals() {
  float* f = untouchable<float>();
  const Norm good{3, 4, 5, 1, 0.75, 1, QUERN_F32};
  Norm bad = good;
  refused(QUERN_INVALID_ARGUMENT, "local_response_norm: a required pointer is null", nullptr);
  bad.rows = -1;
  refused(QUERN_INVALID_ARGUMENT, "local_response_norm: ", &bad);
  bad = good, bad.channels = 0;
  refused(QUERN_INVALID_ARGUMENT, "local_response_norm: channels 0", &bad);
  bad = good, bad.size = 0;
  refused(QUERN_INVALID_ARGUMENT, "local_response_norm: size 0", &bad);
  bad = good, bad.alpha = -1;
  refused(QUERN_INVALID_ARGUMENT, "local_response_norm: alpha -1", &bad);
  bad = good, bad.beta = NAN;
  refused(QUERN_INVALID_ARGUMENT, "local_response_norm: beta", &bad);
  bad = good, bad.k = INFINITY;
  refused(QUERN_INVALID_ARGUMENT, "local_response_norm: k inf", &bad);
  bad = good, bad.rows = int64_t{1} << 53;
  refused(QUERN_INVALID_SHAPE, "more than 2^53", &bad);
  CHECK_REFUSED(QUERN_WORKSPACE, "local_response_norm: workspace",
                quern_local_response_norm_backward(&good, f, f, f, f, 15));
  const char* text = "local_response_norm: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_local_response_norm_forward(&good, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_local_response_norm_forward(&good, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_local_response_norm_backward(&good, f, nullptr, f, f, 16));
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) cases(side);
  in_case("%s", "");
  special_values();
  refusals();
  return finish();
}
