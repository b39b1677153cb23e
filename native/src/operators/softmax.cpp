// softmax and its logarithm, and the losses and the metric that use them.

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

int prepare(const char* op, bool pointers, int64_t rows, int64_t classes) noexcept {
  QUERN_TRY(check_initialized(op));
  QUERN_TRY(check_pointers(op, pointers));
  QUERN_TRY(check_range(op, "rows", rows, 0));
  QUERN_TRY(check_range(op, "classes", classes, 1));
  int64_t ignored;
  return count(op, "tensor", rows, classes, 1, 1, &ignored);
}

int64_t grain(int64_t classes) noexcept { return 4096 / classes + 1; }

// The first of equal maxima; NaN is larger than any number, as in NumPy.
int64_t argmax(const float* row, int64_t n) noexcept {
  int64_t best = 0;
  for (int64_t i = 1; i < n && row[best] == row[best]; i++) {
    if (row[i] > row[best] || row[i] != row[i]) best = i;
  }
  return best;
}

const char* name(const quern_cross_entropy& ce) noexcept { return ce.gamma == 0 ? "cross_entropy" : "softmax_focal"; }

int prepare(const quern_cross_entropy* ce, bool pointers) noexcept {
  QUERN_TRY(check_pointers("cross_entropy", ce != nullptr));
  const char* op = name(*ce);
  QUERN_TRY(prepare(op, pointers, ce->batch, ce->classes));
  if (!(ce->label_smoothing >= 0 && ce->label_smoothing <= 1)) {
    return fail(QUERN_INVALID_ARGUMENT, "%s: label_smoothing %g is outside [0, 1]", op, ce->label_smoothing);
  }
  QUERN_TRY(check_not_negative(op, "gamma", ce->gamma));
  return check_flag(op, "sum", ce->sum);
}

// Has run(begin, end) write the losses of all rows, and adds them in their order.
template <typename Run>
double sum_of_rows(const quern_cross_entropy& ce, const double* row_losses, Run&& run) noexcept {
  ran(name(ce));
  parallel_ranges(ce.batch, grain(ce.classes), run);
  double sum = 0.0;
  for (int64_t r = 0; r < ce.batch; r++) sum += row_losses[r];
  return sum;
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_softmax_forward(int64_t type, int64_t rows, int64_t classes, const void* src, void* dst) noexcept {
  QUERN_TRY(prepare("softmax", src && dst, rows, classes));
  QUERN_TRY(check_type("softmax", "type", type));
  ran("softmax");
  parallel_ranges(rows, grain(classes), [&](int64_t begin, int64_t end) {
    kernels().softmax_forward(end - begin, classes, f32(src) + begin * classes, f32(dst) + begin * classes);
  });
  return QUERN_OK;
}

extern "C" int quern_softmax_backward(int64_t type, int64_t rows, int64_t classes, const void* dst,
                                      const void* diff_dst, void* diff_src) noexcept {
  QUERN_TRY(prepare("softmax", dst && diff_dst && diff_src, rows, classes));
  QUERN_TRY(check_type("softmax", "type", type));
  ran("softmax");
  parallel_ranges(rows, grain(classes), [&](int64_t begin, int64_t end) {
    const int64_t at = begin * classes;
    kernels().softmax_backward(end - begin, classes, f32(dst) + at, f32(diff_dst) + at, f32(diff_src) + at);
  });
  return QUERN_OK;
}

extern "C" int quern_log_softmax_forward(int64_t type, int64_t rows, int64_t classes, const void* src,
                                         void* dst) noexcept {
  QUERN_TRY(prepare("log_softmax", src && dst, rows, classes));
  QUERN_TRY(check_type("log_softmax", "type", type));
  ran("log_softmax");
  parallel_ranges(rows, grain(classes), [&](int64_t begin, int64_t end) {
    kernels().log_softmax_forward(end - begin, classes, f32(src) + begin * classes, f32(dst) + begin * classes);
  });
  return QUERN_OK;
}

extern "C" int quern_log_softmax_backward(int64_t type, int64_t rows, int64_t classes, const void* dst,
                                          const void* diff_dst, void* diff_src) noexcept {
  QUERN_TRY(prepare("log_softmax", dst && diff_dst && diff_src, rows, classes));
  QUERN_TRY(check_type("log_softmax", "type", type));
  ran("log_softmax");
  parallel_ranges(rows, grain(classes), [&](int64_t begin, int64_t end) {
    const int64_t at = begin * classes;
    kernels().log_softmax_backward(end - begin, classes, f32(dst) + at, f32(diff_dst) + at, f32(diff_src) + at);
  });
  return QUERN_OK;
}

extern "C" int quern_cross_entropy_loss(const quern_cross_entropy* ce, const float* src, const int32_t* targets,
                                        const float* class_weights, float* diff_src, double* row_losses,
                                        double* loss) noexcept {
  QUERN_TRY(prepare(ce, src && targets && row_losses && loss));
  const int64_t rows = ce->batch, classes = ce->classes;
  QUERN_TRY(check_targets(name(*ce), rows, classes, ce->ignore_index, targets));
  double total = 0.0;
  for (int64_t r = 0; r < rows; r++) {
    if (targets[r] != ce->ignore_index) total += class_weights == nullptr ? 1.0 : class_weights[targets[r]];
  }
  const double scale = ce->sum ? 1.0 : 1.0 / total;
  *loss = scale * sum_of_rows(*ce, row_losses, [&](int64_t begin, int64_t end) {
            kernels().cross_entropy(*ce, end - begin, src + begin * classes, targets + begin, class_weights, scale,
                                    diff_src == nullptr ? nullptr : diff_src + begin * classes, row_losses + begin);
          });
  return QUERN_OK;
}

extern "C" int quern_cross_entropy_soft_loss(const quern_cross_entropy* ce, const float* src, const float* targets,
                                             const float* class_weights, float* diff_src, double* row_losses,
                                             double* loss) noexcept {
  QUERN_TRY(prepare(ce, src && targets && row_losses && loss));
  const int64_t rows = ce->batch, classes = ce->classes;
  const double scale = ce->sum ? 1.0 : 1.0 / static_cast<double>(rows);
  *loss = scale * sum_of_rows(*ce, row_losses, [&](int64_t begin, int64_t end) {
            const int64_t at = begin * classes;
            kernels().cross_entropy_soft(*ce, end - begin, src + at, targets + at, class_weights, scale,
                                         diff_src == nullptr ? nullptr : diff_src + at, row_losses + begin);
          });
  return QUERN_OK;
}

extern "C" int quern_count_correct(int64_t rows, int64_t classes, int64_t ignore_index, const float* src,
                                   const int32_t* targets, int64_t* correct) noexcept {
  QUERN_TRY(prepare("count_correct", src && targets && correct, rows, classes));
  QUERN_TRY(check_targets("count_correct", rows, classes, ignore_index, targets));
  int64_t hits = 0;
  for (int64_t r = 0; r < rows; r++) {
    hits += targets[r] != ignore_index && argmax(src + r * classes, classes) == targets[r];
  }
  *correct = hits;
  return QUERN_OK;
}

extern "C" int quern_count_correct_soft(int64_t rows, int64_t classes, const float* src, const float* targets,
                                        int64_t* correct) noexcept {
  QUERN_TRY(prepare("count_correct_soft", src && targets && correct, rows, classes));
  int64_t hits = 0;
  for (int64_t r = 0; r < rows; r++)
    hits += argmax(src + r * classes, classes) == argmax(targets + r * classes, classes);
  *correct = hits;
  return QUERN_OK;
}
