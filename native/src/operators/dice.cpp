// The soft dice loss. Each sample's positions are summed in a fixed number of pieces, so that results are bit-identical
// for any number of threads.

#include "kernels/kernels.h"
#include "runtime/checks.h"
#include "runtime/threads.h"

namespace quern {
namespace {

constexpr int64_t kPieces = 16;

int check(const quern_dice* d) noexcept {
  QUERN_TRY(check_initialized("dice"));
  QUERN_TRY(check_pointers("dice", d != nullptr));
  QUERN_TRY(check_range("dice", "batch", d->batch, 0));
  QUERN_TRY(check_range("dice", "positions", d->positions, 1));
  QUERN_TRY(check_range("dice", "classes", d->classes, 1));
  QUERN_TRY(check_not_negative("dice", "smooth", d->smooth));
  QUERN_TRY(check_flag("dice", "sum", d->sum));
  int64_t ignored;
  return count("dice", "tensor", d->batch, d->positions, d->classes, 1, &ignored);
}

int64_t doubles_of_sample(const quern_dice& d) noexcept { return 3 * d.classes * kPieces; }

// With one class, there are two labels: the class and the background.
int check_labels(const quern_dice& d, const int32_t* labels) noexcept {
  return check_targets("dice", d.batch * d.positions, d.classes == 1 ? 2 : d.classes, d.ignore_index, labels);
}

// Runs body(sample, piece, first row, end row) for all pieces.
template <typename Body>
void over_pieces(const quern_dice& d, Body&& body) noexcept {
  const int64_t rows = divide_up(d.positions, kPieces);
  parallel_ranges(d.batch * kPieces, 4096 / (rows * d.classes) + 1, [&](int64_t begin, int64_t end) {
    for (int64_t at = begin; at < end; at++) {
      const int64_t sample = at / kPieces, piece = at % kPieces, first = sample * d.positions;
      body(sample, piece, first + d.positions * piece / kPieces, first + d.positions * (piece + 1) / kPieces);
    }
  });
}

// A class's loss of a sample, from its sums p y, p and y in the first piece; leaves its gradient's two coefficients.
double class_loss(const quern_dice& d, double scale, double* sums) noexcept {
  const int64_t c = d.classes;
  const double above = 2.0 * sums[0] + d.smooth, below = sums[c] + sums[2 * c] + d.smooth;
  const bool nothing = below == 0;                            // neither met nor wanted
  sums[0] = nothing ? 0.0 : scale * (above / below) / below;  // the square may be too small for a double
  sums[c] = nothing ? 0.0 : scale * 2.0 / below;
  return nothing ? 0.0 : 1.0 - above / below;
}

int run(const quern_dice* d, const float* src, const int32_t* labels, const float* targets, float* diff_src,
        double* workspace, double* loss) noexcept {
  ran("dice");
  const int64_t c = d->classes, each = doubles_of_sample(*d);
  const double scale = d->sum ? 1.0 : 1.0 / static_cast<double>(d->batch * c);
  const auto at = [](auto* p, int64_t offset) { return p == nullptr ? nullptr : p + offset; };
  over_pieces(*d, [&](int64_t sample, int64_t piece, int64_t begin, int64_t end) {
    kernels().dice_sums(*d, end - begin, src + begin * c, at(labels, begin), at(targets, begin * c),
                        workspace + sample * each + piece * 3 * c);
  });
  double total = 0.0;
  for (int64_t sample = 0; sample < d->batch; sample++) {
    double* sums = workspace + sample * each;
    for (int64_t i = 3 * c; i < each; i++) sums[i % (3 * c)] += sums[i];
    for (int64_t i = 0; i < c; i++) total += class_loss(*d, scale, sums + i);
  }
  *loss = scale * total;
  if (diff_src == nullptr) return QUERN_OK;
  over_pieces(*d, [&](int64_t sample, int64_t, int64_t begin, int64_t end) {
    const double* coefficients = workspace + sample * each;
    kernels().dice_backward(*d, end - begin, src + begin * c, at(labels, begin), at(targets, begin * c), coefficients,
                            coefficients + c, diff_src + begin * c);
  });
  return QUERN_OK;
}

}  // namespace
}  // namespace quern

using namespace quern;

extern "C" int quern_dice_workspace(const quern_dice* dice, int64_t* bytes) noexcept {
  QUERN_TRY(check(dice));
  QUERN_TRY(check_pointers("dice", bytes != nullptr));
  *bytes = static_cast<int64_t>(sizeof(double)) * dice->batch * doubles_of_sample(*dice);
  return QUERN_OK;
}

extern "C" int quern_dice_loss(const quern_dice* dice, const float* src, const int32_t* targets, float* diff_src,
                               void* workspace, int64_t workspace_bytes, double* loss) noexcept {
  QUERN_TRY(check(dice));
  QUERN_TRY(check_pointers("dice", src && targets && loss));
  const int64_t needed = static_cast<int64_t>(sizeof(double)) * dice->batch * doubles_of_sample(*dice);
  QUERN_TRY(check_workspace("dice", workspace, workspace_bytes, needed));
  QUERN_TRY(check_labels(*dice, targets));
  return run(dice, src, targets, nullptr, diff_src, static_cast<double*>(workspace), loss);
}

extern "C" int quern_dice_soft_loss(const quern_dice* dice, const float* src, const float* targets, float* diff_src,
                                    void* workspace, int64_t workspace_bytes, double* loss) noexcept {
  QUERN_TRY(check(dice));
  QUERN_TRY(check_pointers("dice", src && targets && loss));
  const int64_t needed = static_cast<int64_t>(sizeof(double)) * dice->batch * doubles_of_sample(*dice);
  QUERN_TRY(check_workspace("dice", workspace, workspace_bytes, needed));
  return run(dice, src, nullptr, targets, diff_src, static_cast<double*>(workspace), loss);
}
