// add_bias and column_sums against plain loops; the same bits for any thread count; what is refused.
#include <algorithm>
#include <vector>

#include "image.h"

namespace {

void check(int64_t rows, int64_t c, int64_t pitch, Guard side) {
  in_case("%lld rows of %lld, pitch %lld", (long long)rows, (long long)c, (long long)pitch);
  Image x(rows, 1, 1, c, pitch, side), sum(1, 1, 1, c, c, side), values(1, 1, 1, c, c, side);
  Random random(static_cast<uint64_t>(rows * 100 + c));
  x.fill(&random, Values::Floats);
  values.fill(&random, Values::Floats);
  int64_t bytes = 0;
  CHECK_OK(quern_column_sums_workspace(rows, c, &bytes));
  Guarded<double> workspace(bytes / 8, side);
  std::vector<float> first;
  for (int threads : {1, 3}) {
    CHECK_OK(quern_set_threads(threads));
    sum.memory.clear();
    workspace.clear();
    CHECK_OK(quern_column_sums(rows, c, x.data(), pitch, sum.data(), workspace.data(), bytes));
    if (threads == 1) first.assign(sum.memory.begin(), sum.memory.end());
    CHECK(std::equal(first.begin(), first.end(), sum.memory.begin()));
  }
  std::vector<float> before;
  for (int64_t i = 0; i < c; i++) {
    double wanted = 0;
    for (int64_t r = 0; r < rows; r++) {
      wanted += x.at(r, i);
      before.push_back(x.at(r, i));
    }
    CHECK(close_to(sum.at(0, i), wanted, 1e-12 * static_cast<double>(rows) + std::fabs(wanted) * 0x1p-24));
  }
  CHECK_OK(quern_add_bias(rows, c, values.data(), x.data(), pitch));
  for (int64_t i = 0; i < c; i++) {
    for (int64_t r = 0; r < rows; r++) {
      CHECK(x.at(r, i) == before[static_cast<size_t>(i * rows + r)] + values.at(0, i));
    }
  }
  CHECK(x.gaps_untouched());
}

void refusals() {
  float* f = untouchable<float>();
  double* d = untouchable<double>();
  int64_t bytes = 0;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add_bias: a required pointer", quern_add_bias(1, 1, nullptr, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add_bias: a required pointer", quern_add_bias(1, 1, f, nullptr, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add_bias: -1 elements", quern_add_bias(-1, 1, f, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add_bias: channels 0", quern_add_bias(1, 0, f, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add_bias: pitch 2", quern_add_bias(1, 3, f, f, 2));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_add_bias(int64_t{1} << 40, 1, f, f, 1 << 20));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "column_sums: a required pointer", quern_column_sums_workspace(1, 1, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "column_sums: channels", quern_column_sums_workspace(1, 0, &bytes));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "a required pointer", quern_column_sums(1, 1, nullptr, 1, f, d, 8));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "a required pointer", quern_column_sums(1, 1, f, 1, nullptr, d, 8));
  CHECK_REFUSED(QUERN_WORKSPACE, "column_sums: workspace", quern_column_sums(1, 2, f, 2, f, d, 15));
  CHECK_REFUSED(QUERN_WORKSPACE, "column_sums: workspace", quern_column_sums(1, 2, f, 2, f, nullptr, 16));
}

}  // namespace

int main() {
  start();
  for (int64_t rows : {0, 1, 7, 1000, 20011}) {
    for (int64_t c : {1, 3, 8, 17, 33}) {
      check(rows, c, c, Guard::After);
      check(rows, c, c + 2, Guard::Before);
    }
  }
  in_case("%s", "");
  refusals();
  return finish();
}
