// muon: the iteration against its formula in double, bit-identical results for any number of threads, and what is
// refused.
#include "muon_check.h"

namespace {

using namespace of_muon;

void rules() {
  const std::pair<int64_t, int64_t> shapes[] = {{1, 1},   {1, 27},  {7, 1},   {16, 16},   {16, 27},
                                                {33, 20}, {65, 70}, {70, 65}, {129, 153}, {150, 129}};
  for (const auto& [rows, columns] : shapes) {
    for (int mode = 0; mode < 4; mode++) {
      quern_muon d = muon(rows, columns);
      if (mode == 1) d.nesterov = 0, d.momentum = 0;
      if (mode == 2) d.ns_a = 1.5, d.ns_b = -0.5, d.ns_c = 0, d.ns_steps = 2;
      if (mode == 3) d.normalize_weights = 1;
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
  refused(&quern_muon::normalize_weights, int64_t{-1}, QUERN_INVALID_ARGUMENT, "normalize_weights -1");
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
