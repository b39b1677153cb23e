// matmul: a batch of matrix products through OpenBLAS. A large one is cut along its longer output side, small ones
// share a piece, both by shape alone.
#include <algorithm>

#include "kernels/kernels.h"
#include "runtime/blas.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kGrain = 1 << 18, kLeast = 64, kMost = 16;  // multiplications; rows or columns of a cut; cuts

struct Product {
  int64_t m, n, k;
};

struct Matrix {
  Trans trans;
  const float* first;
  int64_t pitch;

  // From a row of the left factor, or a column of the right one, on.
  const float* from(int64_t i, bool along_rows) const {
    return first + i * ((trans == Trans::No) == along_rows ? pitch : 1);
  }
};

int prepare(const quern_matmul* d) noexcept {
  QUERN_TRY(check_initialized("matmul"));
  QUERN_TRY(check_pointers("matmul", d != nullptr));
  QUERN_TRY(check_elements("matmul", d->batch));
  QUERN_TRY(check_range("matmul", "rows", d->rows, 1));
  QUERN_TRY(check_range("matmul", "inner", d->inner, 1));
  QUERN_TRY(check_range("matmul", "columns", d->columns, 1));
  QUERN_TRY(check_type("matmul", "type", d->type));
  const int64_t batch = std::max<int64_t>(d->batch, 1);
  int64_t ignored;
  QUERN_TRY(count("matmul", "first factor", batch, d->rows, d->inner, 1, &ignored));
  QUERN_TRY(count("matmul", "second factor", batch, d->inner, d->columns, 1, &ignored));
  return count("matmul", "product", batch, d->rows, d->columns, 1, &ignored);
}

// c [m, n] = a b for each of the batch; factors(i) gives the i-th a and b.
template <typename Factors>
void multiply(int64_t batch, const Product& p, Factors&& factors, float* c) noexcept {
  const double each = static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
  const bool by_rows = p.m > p.n;
  const int64_t longer = std::max(p.m, p.n), cut = std::max<int64_t>(kLeast, divide_up(longer, kMost));
  const int64_t cuts = each < kGrain ? 1 : divide_up(longer, cut);
  const int64_t together = each < kGrain ? static_cast<int64_t>(kGrain / each) : 1;
  parallel_ranges(batch * cuts, together, [&](int64_t begin, int64_t end) {
    for (int64_t piece = begin; piece < end; piece++) {
      const int64_t i = piece / cuts, first = cuts == 1 ? 0 : piece % cuts * cut;
      const int64_t length = cuts == 1 ? longer : std::min(cut, longer - first);
      Matrix a, b;
      factors(i, &a, &b);
      float* to = c + i * p.m * p.n;
      if (by_rows) {
        gemm(a.trans, b.trans, length, p.n, p.k, a.from(first, true), a.pitch, b.first, b.pitch, 0.0f, to + first * p.n,
             p.n);
      } else {
        gemm(a.trans, b.trans, p.m, length, p.k, a.first, a.pitch, b.from(first, false), b.pitch, 0.0f, to + first,
             p.n);
      }
    }
  });
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_matmul_forward(const quern_matmul* matmul, const void* src, const void* other,
                                    void* dst) noexcept {
  QUERN_TRY(prepare(matmul));
  QUERN_TRY(check_pointers("matmul", src && other && dst));
  ran("matmul");
  const int64_t m = matmul->rows, k = matmul->inner, n = matmul->columns;
  multiply(
      matmul->batch, {m, n, k},
      [&](int64_t i, Matrix* a, Matrix* b) {
        *a = {Trans::No, f32(src) + i * m * k, k};
        *b = {Trans::No, f32(other) + i * k * n, n};
      },
      f32(dst));
  return QUERN_OK;
}

extern "C" int quern_matmul_backward(const quern_matmul* matmul, const void* src, const void* other,
                                     const void* diff_dst, void* diff_src, void* diff_other) noexcept {
  QUERN_TRY(prepare(matmul));
  QUERN_TRY(check_pointers("matmul", src && other && diff_dst));
  ran("matmul");
  const int64_t m = matmul->rows, k = matmul->inner, n = matmul->columns;
  if (diff_src != nullptr) {
    multiply(
        matmul->batch, {m, k, n},
        [&](int64_t i, Matrix* a, Matrix* b) {
          *a = {Trans::No, f32(diff_dst) + i * m * n, n};
          *b = {Trans::Yes, f32(other) + i * k * n, n};
        },
        f32(diff_src));
  }
  if (diff_other != nullptr) {
    multiply(
        matmul->batch, {k, n, m},
        [&](int64_t i, Matrix* a, Matrix* b) {
          *a = {Trans::Yes, f32(src) + i * m * k, k};
          *b = {Trans::No, f32(diff_dst) + i * m * n, n};
        },
        f32(diff_other));
  }
  return QUERN_OK;
}
