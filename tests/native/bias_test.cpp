// add_bias and column_sums against plain loops; bit-identical for any thread count; what is refused.
#include "bias_check.h"

namespace {

using namespace of_bias;

void refusals() {
  float* f = untouchable<float>();
  double* d = untouchable<double>();
  int64_t bytes = 0;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add_bias: a required pointer", quern_add_bias(QUERN_F32, 1, 1, nullptr, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add_bias: a required pointer", quern_add_bias(QUERN_F32, 1, 1, f, nullptr, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add_bias: -1 elements", quern_add_bias(QUERN_F32, -1, 1, f, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add_bias: channels 0", quern_add_bias(QUERN_F32, 1, 0, f, f, 1));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "add_bias: pitch 2", quern_add_bias(QUERN_F32, 1, 3, f, f, 2));
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_add_bias(QUERN_F32, int64_t{1} << 40, 1, f, f, 1 << 20));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "column_sums: a required pointer", quern_column_sums_workspace(1, 1, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "column_sums: channels", quern_column_sums_workspace(1, 0, &bytes));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "a required pointer", quern_column_sums(QUERN_F32, 1, 1, nullptr, 1, f, d, 8));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "a required pointer", quern_column_sums(QUERN_F32, 1, 1, f, 1, nullptr, d, 8));
  CHECK_REFUSED(QUERN_WORKSPACE, "column_sums: workspace", quern_column_sums(QUERN_F32, 1, 2, f, 2, f, d, 15));
  CHECK_REFUSED(QUERN_WORKSPACE, "column_sums: workspace", quern_column_sums(QUERN_F32, 1, 2, f, 2, f, nullptr, 16));
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
