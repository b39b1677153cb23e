// Shared code of losses whose source and target have equal sizes.
#pragma once

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {

inline int check_loss(const char* op, bool pointers, int64_t n, int64_t sum) noexcept {
  QUERN_TRY(check_initialized(op));
  QUERN_TRY(check_pointers(op, pointers));
  QUERN_TRY(check_elements(op, n));
  return check_flag(op, "sum", sum);
}

// 1 / 0 times the loss 0 is the NaN that an empty batch's mean has.
inline double loss_scale(int64_t sum, int64_t n) noexcept { return sum ? 1.0 : 1.0 / static_cast<double>(n); }

// Runs kernel(begin, end, &loss) in pieces and adds the losses.
template <typename Kernel>
double sum_of_losses(int64_t n, int64_t grain, Kernel&& kernel) noexcept {
  return parallel_sum(n, grain, [&](int64_t begin, int64_t end) {
    double loss = 0.0;
    kernel(begin, end, &loss);
    return loss;
  });
}

}  // namespace quern
