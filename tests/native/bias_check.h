// add_bias and column_sums against plain loops.
#pragma once

#include <algorithm>
#include <vector>

#include "image.h"

namespace of_bias {

inline void check(int64_t rows, int64_t c, int64_t pitch, Guard side) {
  in_case("%lld rows of %lld, pitch %lld", (long long)rows, (long long)c, (long long)pitch);
  Image x(rows, 1, 1, c, pitch, side), sum(1, 1, 1, c, c, side), values(1, 1, 1, c, c, side);
  Random random(static_cast<uint64_t>(rows * 100 + c));
  x.fill(&random, Values::Floats);
  values.fill(&random, Values::Floats);
  int64_t bytes = 0;
  CHECK_OK(quern_column_sums_workspace(rows, c, &bytes));
  Guarded<double> workspace(bytes / 8, side);
  std::vector<float> first;
  for (int threads : {1, many_threads}) {
    CHECK_OK(quern_set_threads(threads));
    sum.memory.clear();
    workspace.clear();
    CHECK_OK(quern_column_sums(QUERN_F32, rows, c, x.data(), pitch, sum.data(), workspace.data(), bytes));
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
  CHECK_OK(quern_add_bias(QUERN_F32, rows, c, values.data(), x.data(), pitch));
  for (int64_t i = 0; i < c; i++) {
    for (int64_t r = 0; r < rows; r++) {
      CHECK(x.at(r, i) == before[static_cast<size_t>(i * rows + r)] + values.at(0, i));
    }
  }
  CHECK(x.gaps_untouched());
}

}  // namespace of_bias
