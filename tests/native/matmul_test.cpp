// matmul against plain loops: awkward sizes, products large enough to be cut; and what is refused.
#include "matmul_check.h"

namespace {

using namespace of_matmul;

void cases(Guard side) {
  for (Values kind : {Values::Integers, Values::Floats}) {
    for (int64_t rows : {1, 3, 17}) {
      for (int64_t inner : {1, 5, 32}) {
        for (int64_t columns : {1, 2, 33}) check({3, rows, inner, columns, QUERN_F32}, kind, side);
      }
    }
    check({0, 3, 4, 5, QUERN_F32}, kind, side);
    check({200, 4, 3, 2, QUERN_F32}, kind, side);
    check({2, 150, 40, 90, QUERN_F32}, kind, side);  // each cut into pieces, by rows and by columns
    check({1, 70, 90, 131, QUERN_F32}, kind, side);
    check({1, 1, 3000, 200, QUERN_F32}, kind, side);
  }
}

void refused(int status, const char* text, const quern_matmul* d) {
  float* f = untouchable<float>();
  CHECK_REFUSED(status, text, quern_matmul_forward(d, f, f, f));
  CHECK_REFUSED(status, text, quern_matmul_backward(d, f, f, f, f, f));
}

void refusals() {
  float* f = untouchable<float>();
  const quern_matmul good{1, 2, 3, 4, QUERN_F32};
  const quern_matmul batch{-1, 2, 3, 4, QUERN_F32}, rows{1, 0, 3, 4, QUERN_F32}, inner{1, 2, -3, 4, QUERN_F32},
      columns{1, 2, 3, int64_t{1} << 31, QUERN_F32}, large{1, INT32_MAX, INT32_MAX, 1, QUERN_F32};
  refused(QUERN_INVALID_ARGUMENT, "matmul: a required pointer is null", nullptr);
  refused(QUERN_INVALID_ARGUMENT, "matmul: ", &batch);
  refused(QUERN_INVALID_ARGUMENT, "matmul: rows 0", &rows);
  refused(QUERN_INVALID_ARGUMENT, "matmul: inner -3", &inner);
  refused(QUERN_INVALID_ARGUMENT, "matmul: columns 2147483648", &columns);
  refused(QUERN_INVALID_SHAPE, "more than 2^53", &large);
  const char* text = "matmul: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_matmul_forward(&good, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_matmul_forward(&good, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_matmul_forward(&good, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_matmul_backward(&good, f, f, nullptr, f, f));
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) cases(side);
  in_case("%s", "");
  refusals();
  return finish();
}
