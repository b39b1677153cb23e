// muon: the iteration against its formula in double, the same bits for any number of threads, and what is refused.
#include <utility>
#include <vector>

#include "guarded.h"
#include "numbers.h"

namespace {

using Matrix = std::vector<double>;

quern_muon muon(int64_t rows, int64_t columns) {
  return {rows, columns, 0.5, 0.1, 0.95, 3.4445, -4.7750, 2.0315, 1e-7, 1, 5};
}

// a [m, k] times b [k, n].
Matrix product(const Matrix& a, const Matrix& b, size_t m, size_t k, size_t n) {
  Matrix c(m * n);
  for (size_t i = 0; i < m; i++) {
    for (size_t t = 0; t < k; t++) {
      for (size_t j = 0; j < n; j++) c[i * n + j] += a[i * k + t] * b[t * n + j];
    }
  }
  return c;
}

Matrix transposed(const Matrix& a, size_t rows, size_t columns) {
  Matrix t(a.size());
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < columns; j++) t[j * rows + i] = a[i * columns + j];
  }
  return t;
}

// The formula from the left, whatever the shape.
Matrix orthogonal(const quern_muon& d, Matrix x) {
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
Run run(const quern_muon& d, Guard side) {
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

void check_step(const quern_muon& d) {
  const Run r = run(d, Guard::After);
  Matrix update;
  for (size_t i = 0; i < r.diff.size(); i++) {
    const double g = r.diff[i], v = (1 - d.momentum) * g;
    CHECK(close_to(r.velocity[i], v, 1e-7));
    update.push_back(d.nesterov ? d.momentum * v + (1 - d.momentum) * g : v);
  }
  const Matrix x = orthogonal(d, update);
  const double tall = std::sqrt(std::fmax(1, static_cast<double>(d.rows) / static_cast<double>(d.columns)));
  for (size_t i = 0; i < x.size(); i++) {
    // rounding errors grow with small singular values, by up to 3.4445^5
    CHECK(close_to(r.weights[i], r.start[i] * (1 - d.lr * d.weight_decay) - d.lr * tall * x[i], 1e-4));
  }
}

void rules() {
  const std::pair<int64_t, int64_t> shapes[] = {{1, 1},   {1, 27},  {7, 1},   {16, 16},   {16, 27},
                                                {33, 20}, {65, 70}, {70, 65}, {129, 153}, {150, 129}};
  for (const auto& [rows, columns] : shapes) {
    for (int mode = 0; mode < 3; mode++) {
      quern_muon d = muon(rows, columns);
      if (mode == 1) d.nesterov = 0, d.momentum = 0;
      if (mode == 2) d.ns_a = 1.5, d.ns_b = -0.5, d.ns_c = 0, d.ns_steps = 2;
      in_case("%lldx%lld, mode %d", static_cast<long long>(rows), static_cast<long long>(columns), mode);
      CHECK_OK(quern_set_threads(1));
      check_step(d);
      const Run alone = run(d, Guard::After);
      CHECK_OK(quern_set_threads(3));
      CHECK(run(d, Guard::Before).weights == alone.weights);
    }
  }
  in_case("%s", "");
}

void refusals() {
  float* f = untouchable<float>();
  const quern_muon good = muon(8, 9);
  int64_t bytes = 0;
  CHECK_OK(quern_muon_workspace(&good, &bytes));
  const char* text = "muon: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_muon_workspace(nullptr, &bytes));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_muon_workspace(&good, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_muon_step(nullptr, f, f, f, f, bytes));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_muon_step(&good, nullptr, f, f, f, bytes));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_muon_step(&good, f, nullptr, f, f, bytes));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_muon_step(&good, f, f, nullptr, f, bytes));
  CHECK_REFUSED(QUERN_WORKSPACE, "muon: workspace", quern_muon_step(&good, f, f, f, f, bytes - 1));
  CHECK_REFUSED(QUERN_WORKSPACE, "muon: workspace", quern_muon_step(&good, f, f, f, nullptr, bytes));
  const auto refused = [&](auto quern_muon::*field, auto value, int status, const char* what) {
    quern_muon bad = good;
    bad.*field = value;
    CHECK_REFUSED(status, what, quern_muon_step(&bad, f, f, f, f, bytes));
  };
  for (double bad : {-1.0, static_cast<double>(NAN), static_cast<double>(INFINITY)}) {
    refused(&quern_muon::lr, bad, QUERN_INVALID_ARGUMENT, "muon: lr");
    refused(&quern_muon::weight_decay, bad, QUERN_INVALID_ARGUMENT, "muon: weight_decay");
    refused(&quern_muon::momentum, bad, QUERN_INVALID_ARGUMENT, "muon: momentum");
    refused(&quern_muon::eps, bad, QUERN_INVALID_ARGUMENT, "muon: eps");
  }
  refused(&quern_muon::rows, int64_t{0}, QUERN_INVALID_ARGUMENT, "muon: rows 0");
  refused(&quern_muon::columns, int64_t{1} << 31, QUERN_INVALID_ARGUMENT, "muon: columns");
  refused(&quern_muon::ns_steps, int64_t{0}, QUERN_INVALID_ARGUMENT, "muon: ns_steps 0");
  refused(&quern_muon::nesterov, int64_t{2}, QUERN_INVALID_ARGUMENT, "nesterov 2");
  quern_muon huge = muon(INT32_MAX, INT32_MAX);
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_muon_workspace(&huge, &bytes));
}

}  // namespace

int main() {
  start();
  rules();
  refusals();
  return finish();
}
