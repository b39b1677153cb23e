// sum, mean, amax, amin and prod over any axes in any memory order; where sums are long, and where NaN comes in; what
// is refused.
#include "reduction_check.h"

namespace {

using namespace of_reduction;

constexpr int64_t kKinds[] = {QUERN_SUM, QUERN_MEAN, QUERN_AMAX, QUERN_AMIN, QUERN_PROD};

void refusals() {
  float* f = untouchable<float>();
  const int64_t sizes[] = {2, 3}, strides[] = {3, 1}, last[] = {1, 0}, negative[] = {-1, 0}, empty[] = {2, 0};
  const auto forward = [&](int64_t kind, int64_t axes, const int64_t* of, const int64_t* dst) {
    return quern_reduction_forward(kind, QUERN_F32, axes, of, strides, dst, f, f);
  };
  const auto backward = [&](int64_t kind, int64_t axes, const int64_t* of, const int64_t* dst) {
    return quern_reduction_backward(kind, QUERN_F32, axes, of, strides, dst, f, f, f, f);
  };
  const auto both = [&](auto&& call) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "reduction: kind 5 is not one of 0 to 4", call(5, 2, sizes, last));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "reduction: kind -1", call(-1, 2, sizes, last));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "sum: axes 0 are outside [1, 8]", call(QUERN_SUM, 0, sizes, last));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "mean: axes 9 are outside [1, 8]", call(QUERN_MEAN, 9, sizes, last));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "amax: destination stride -1", call(QUERN_AMAX, 2, sizes, negative));
    CHECK_REFUSED(QUERN_INVALID_SHAPE, "amin: a reduced axis is empty", call(QUERN_AMIN, 2, empty, last));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "prod: a required pointer is null", call(QUERN_PROD, 2, sizes, nullptr));
  };
  both(forward);
  both(backward);
  const auto without = [&](int64_t kind, const float* src, const float* dst) {
    return quern_reduction_backward(kind, QUERN_F32, 2, sizes, strides, last, src, dst, f, f);
  };
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "prod: a required pointer is null", without(QUERN_PROD, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "amax: a required pointer is null", without(QUERN_AMAX, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "amin: a required pointer is null", without(QUERN_AMIN, f, nullptr));
}

// Rows, and columns.
void nan_wins() {
  const float src[] = {1, NAN, 3, 4, 5, 6};
  const int64_t sizes[] = {2, 3}, strides[] = {3, 1}, row[] = {1, 0}, column[] = {0, 1};
  const float ones[] = {1, 1, 1};
  float dst[3], diff[6];
  for (int64_t kind : kKinds) {
    CHECK_OK(quern_reduction_forward(kind, QUERN_F32, 2, sizes, strides, row, src, dst));
    CHECK(std::isnan(dst[0]) && !std::isnan(dst[1]));
    CHECK_OK(quern_reduction_forward(kind, QUERN_F32, 2, sizes, strides, column, src, dst));
    CHECK(!std::isnan(dst[0]) && std::isnan(dst[1]) && !std::isnan(dst[2]));
  }
  CHECK_OK(quern_reduction_forward(QUERN_AMAX, QUERN_F32, 2, sizes, strides, row, src, dst));
  CHECK_OK(quern_reduction_backward(QUERN_AMAX, QUERN_F32, 2, sizes, strides, row, src, dst, ones, diff));
  CHECK(std::isnan(diff[0]) && std::isnan(diff[1]) && std::isnan(diff[2]));
  CHECK(diff[3] == 0 && diff[4] == 0 && diff[5] == 1);
}

// 2^24 + 1 + 1 + ...: float would stay at 2^24.
void long_sums_keep_their_ones() {
  const int64_t n = 5000;
  const int64_t size[] = {n}, one[] = {1}, gone[] = {0};
  Guarded<float> src(n);
  for (float& x : src) x = 1;
  src[0] = 0x1p24f;
  float sum;
  CHECK_OK(quern_reduction_forward(QUERN_SUM, QUERN_F32, 1, size, one, gone, src.data(), &sum));
  CHECK(sum == 0x1p24f + 5000);
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) {
    for (int64_t kind : kKinds) {
      for (int64_t count = 1; count <= 8; count++) {
        Random random(static_cast<uint64_t>(count));
        for (int i = 0; i < 16; i++) {
          std::vector<int64_t> sizes;
          for (int64_t k = 0; k < count; k++) sizes.push_back(random.between(1, count < 3 ? 90 : count < 5 ? 9 : 3));
          const auto gone = static_cast<uint64_t>(random.between(0, (1 << count) - 1));
          in_case("kind %lld, %lld axes, case %d", (long long)kind, (long long)count, i);
          check(kind, axes(&random, sizes, gone, i % 2 == 0), side);
        }
      }
      Random random(1);
      for (uint64_t gone = 0; gone < 8; gone++) {
        in_case("kind %lld, gone %d", (long long)kind, (int)gone);
        check(kind, axes(&random, {3, 130, 67}, gone, false), side);
        check(kind, axes(&random, {0, 4, 5}, gone & 6, false), side);
      }
    }
  }
  in_case("%s", "");
  refusals();
  nan_wins();
  long_sums_keep_their_ones();
  return finish();
}
