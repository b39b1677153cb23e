// muon: momentum, then a Newton-Schulz iteration that takes the update's singular values near 1. X -> (aI + bA + cA^2)
// X with A = X X^T, or for a tall X the same from the other side with A = X^T X. Jordan et al., "Muon", 2024.
#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"
#include "runtime/blas.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kGrain = 16384;

int prepare(const quern_muon* d) noexcept {
  QUERN_TRY(check_initialized("muon"));
  QUERN_TRY(check_pointers("muon", d != nullptr));
  QUERN_TRY(check_range("muon", "rows", d->rows, 1));
  QUERN_TRY(check_range("muon", "columns", d->columns, 1));
  QUERN_TRY(check_not_negative("muon", "lr", d->lr));
  QUERN_TRY(check_not_negative("muon", "weight_decay", d->weight_decay));
  QUERN_TRY(check_rate("muon", "momentum", d->momentum));
  QUERN_TRY(check_not_negative("muon", "eps", d->eps));
  QUERN_TRY(check_flag("muon", "nesterov", d->nesterov));
  QUERN_TRY(check_flag("muon", "normalize_weights", d->normalize_weights));
  QUERN_TRY(check_range("muon", "ns_steps", d->ns_steps, 1));
  int64_t ignored;
  return count("muon", "weight", d->rows, d->columns, 1, 1, &ignored);
}

int64_t side(const quern_muon& d) { return std::min(d.rows, d.columns); }
int64_t sums(const quern_muon& d) { return divide_up(d.rows * d.columns, kGrain); }
// Partial sums, two matrices of the weights' size and two square ones.
int64_t bytes_of(const quern_muon& d) { return sums(d) * 8 + 2 * (d.rows * d.columns + side(d) * side(d)) * 4; }

// Pieces of a matrix product along one side, at most 16 of at least 64: a function of the shape alone.
template <typename Body>
void split(int64_t n, Body&& body) noexcept {
  parallel_ranges(n, std::max<int64_t>(64, divide_up(n, 16)), body);
}

// X X^T or X^T X, whichever is smaller.
void gram(const quern_muon& d, const float* x, float* out) noexcept {
  const int64_t m = side(d), columns = d.columns;
  split(m, [&](int64_t begin, int64_t end) {
    if (d.rows <= columns) {
      gemm(Trans::No, Trans::Yes, end - begin, m, columns, x + begin * columns, columns, x, columns, 0.0f,
           out + begin * m, m);
    } else {
      gemm(Trans::Yes, Trans::No, end - begin, m, d.rows, x + begin, columns, x, columns, 0.0f, out + begin * m, m);
    }
  });
}

// square X, or for a tall one X square.
void apply(const quern_muon& d, const float* square, const float* x, float* out) noexcept {
  const int64_t m = side(d), columns = d.columns;
  split(std::max(d.rows, columns), [&](int64_t begin, int64_t end) {
    if (d.rows <= columns) {
      gemm(Trans::No, Trans::No, m, end - begin, m, square, m, x + begin, columns, 0.0f, out + begin, columns);
    } else {
      gemm(Trans::No, Trans::No, end - begin, m, m, x + begin * columns, columns, square, m, 0.0f,
           out + begin * columns, columns);
    }
  });
}

// aI + b gram + c gram^2.
void polynomial(const quern_muon& d, const float* gram, float* out) noexcept {
  const int64_t m = side(d);
  split(m, [&](int64_t begin, int64_t end) {
    float* rows = out + begin * m;
    gemm(Trans::No, Trans::No, end - begin, m, m, gram + begin * m, m, gram, m, 0.0f, rows, m);
    kernels().muon_polynomial((end - begin) * m, static_cast<float>(d.ns_b), static_cast<float>(d.ns_c),
                              gram + begin * m, rows);
    for (int64_t i = begin; i < end; i++) out[i * m + i] += static_cast<float>(d.ns_a);
  });
}

// The Frobenius norm; partial sums are added in their order.
double norm(const quern_muon& d, double* partial, const float* x) noexcept {
  const int64_t n = d.rows * d.columns;
  std::fill(partial, partial + sums(d), 0.0);
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().add_squares(end - begin, x + begin, partial + begin / kGrain);
  });
  double sum = 0.0;
  for (int64_t i = 0; i < sums(d); i++) sum += partial[i];
  return std::max(std::sqrt(sum), d.eps);
}

// Divides by the norm, which bounds all singular values.
void normalize(const quern_muon& d, double* partial, float* x) noexcept {
  const int64_t n = d.rows * d.columns;
  const float factor = static_cast<float>(1 / norm(d, partial, x));
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) { kernels().scale(end - begin, factor, x + begin); });
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_muon_workspace(const quern_muon* muon, int64_t* bytes) noexcept {
  QUERN_TRY(prepare(muon));
  QUERN_TRY(check_pointers("muon", bytes != nullptr));
  *bytes = bytes_of(*muon);
  return QUERN_OK;
}

extern "C" int quern_muon_step(const quern_muon* muon, const float* diff, float* weights, float* velocity,
                               void* workspace, int64_t workspace_bytes) noexcept {
  QUERN_TRY(prepare(muon));
  QUERN_TRY(check_pointers("muon", diff && weights && velocity));
  const quern_muon& d = *muon;
  QUERN_TRY(check_workspace("muon", workspace, workspace_bytes, bytes_of(d)));
  ran("muon", "gemm");
  const int64_t n = d.rows * d.columns, m = side(d);
  double* partial = static_cast<double*>(workspace);
  float *x = reinterpret_cast<float*>(partial + sums(d)), *next = x + n, *small = next + n, *square = small + m * m;
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().muon_momentum(static_cast<float>(d.momentum), static_cast<float>(1 - d.momentum), d.nesterov != 0,
                            end - begin, diff + begin, velocity + begin, x + begin);
  });
  normalize(d, partial, x);
  for (int64_t i = 0; i < d.ns_steps; i++) {
    gram(d, x, small);
    polynomial(d, small, square);
    apply(d, square, x, next);
    std::swap(x, next);
  }
  const double tall = std::sqrt(std::max(1.0, static_cast<double>(d.rows) / static_cast<double>(d.columns)));
  const double grown = d.normalize_weights ? std::sqrt(static_cast<double>(d.rows)) / norm(d, partial, weights) : 1.0;
  const float shrink = static_cast<float>(grown * (1 - d.lr * d.weight_decay)), rate = static_cast<float>(d.lr * tall);
  parallel_ranges(n, kGrain, [&](int64_t begin, int64_t end) {
    kernels().muon_update(end - begin, shrink, rate, x + begin, weights + begin);
  });
  return QUERN_OK;
}
