// muon's iteration against its formula in double.
#pragma once

#include <utility>
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace of_muon {

using Matrix = std::vector<double>;

inline quern_muon muon(int64_t rows, int64_t columns) {
  return {rows, columns, 0.5, 0.1, 0.95, 3.4445, -4.7750, 2.0315, 1e-7, 1, 5, 0};
}

// a [m, k] times b [k, n].
inline Matrix product(const Matrix& a, const Matrix& b, size_t m, size_t k, size_t n) {
  Matrix c(m * n);
  for (size_t i = 0; i < m; i++) {
    for (size_t t = 0; t < k; t++) {
      for (size_t j = 0; j < n; j++) c[i * n + j] += a[i * k + t] * b[t * n + j];
    }
  }
  return c;
}

inline Matrix transposed(const Matrix& a, size_t rows, size_t columns) {
  Matrix t(a.size());
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) t[j * rows + i] = a[i * columns + j];
  }
  return t;
}

// The formula from the left, whatever the shape.
inline Matrix orthogonal(const quern_muon& d, Matrix x) {
  const size_t r = static_cast<size_t>(d.rows), c = static_cast<size_t>(d.columns);
  double norm = 0;
  for (double v : x) norm += v * v;
  for (double& v : x) v /= std::fmax(std::sqrt(norm), d.eps);
  for (int64_t step = 0; step < d.ns_steps; step++) {
    const Matrix gram = product(x, transposed(x, r, c), r, c, r), square = product(gram, gram, r, r, r);
    Matrix polynomial(r * r);
    for (size_t i = 0; i < r * r; i++) polynomial[i] = d.ns_b * gram[i] + d.ns_c * square[i];
    Matrix next = product(polynomial, x, r, r, c);
    for (size_t i = 0; i < x.size(); i++) next[i] += d.ns_a * x[i];
    x = next;
  }
  return x;
}

struct Run {
  std::vector<float> start, diff, weights, velocity;
};

// One step from a velocity of zeros.
inline Run run(const quern_muon& d, Guard side) {
  const int64_t n = d.rows * d.columns;
  Random random(static_cast<uint64_t>(n));
  int64_t bytes = 0;
  CHECK_OK(quern_muon_workspace(&d, &bytes));
  Guarded<float> weights(n, side), diff(n, side), velocity(n, side);
  Guarded<unsigned char> workspace(bytes, Guard::After, 8);
  for (int64_t i = 0; i < n; i++) weights[i] = random.real(), diff[i] = random.real(), velocity[i] = 0;
  Run r;
  r.start.assign(weights.begin(), weights.end());
  r.diff.assign(diff.begin(), diff.end());
  CHECK_OK(quern_muon_step(&d, diff.data(), weights.data(), velocity.data(), workspace.data(), bytes));
  CHECK(ran("muon:gemm"));
  r.weights.assign(weights.begin(), weights.end());
  r.velocity.assign(velocity.begin(), velocity.end());
  return r;
}

inline void check_step(const quern_muon& d) {
  const Run r = run(d, Guard::After);
  Matrix update;
  for (size_t i = 0; i < r.diff.size(); i++) {
    const double g = r.diff[i], v = (1 - d.momentum) * g;
    CHECK(close_to(r.velocity[i], v, 1e-7));
    update.push_back(d.nesterov ? d.momentum * v + (1 - d.momentum) * g : v);
  }
  const Matrix x = orthogonal(d, update);
  const double tall = std::sqrt(std::fmax(1, static_cast<double>(d.rows) / static_cast<double>(d.columns)));
  double squares = 0;
  for (float w : r.start) squares += static_cast<double>(w) * w;
  const double grown =
      d.normalize_weights ? std::sqrt(static_cast<double>(d.rows)) / std::fmax(std::sqrt(squares), d.eps) : 1.0;
  for (size_t i = 0; i < x.size(); i++) {
    // rounding errors grow with small singular values, by up to 3.4445^5
    CHECK(close_to(r.weights[i], grown * r.start[i] * (1 - d.lr * d.weight_decay) - d.lr * tall * x[i], 1e-4));
  }
}

}  // namespace of_muon
