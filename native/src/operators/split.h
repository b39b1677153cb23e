// How a matrix product through OpenBLAS is divided among threads: by its shape alone.
#pragma once

#include <algorithm>

#include "runtime/threads.h"

namespace quern {

// Splits a matrix product along its longer output side into at most 16 pieces of at least 64; body receives rows [r0,
// r1) and columns [c0, c1).
template <typename Body>
void split_product(int64_t rows, int64_t columns, Body&& body) noexcept {
  const bool by_rows = rows > columns;
  const int64_t n = by_rows ? rows : columns;
  parallel_ranges(n, std::max<int64_t>(64, divide_up(n, 16)), [&](int64_t begin, int64_t end) {
    by_rows ? body(begin, end, 0, columns) : body(0, rows, begin, end);
  });
}

}  // namespace quern
