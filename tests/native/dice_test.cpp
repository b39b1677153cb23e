// dice against long double arithmetic and finite differences, the bits of any number of threads, what is refused.
#include "dice_check.h"

namespace {

using namespace of_dice;

void cases() {
  for (int64_t classes : {1, 2, 3, 17}) {
    for (int64_t positions : {1, 7, 16, 301}) {
      for (int64_t batch : {1, 3}) {
        for (int64_t ignored : {int64_t{-100}, int64_t{255}, classes - 1}) {
          in_case("%lld of %lld positions, %lld classes, ignored %lld", static_cast<long long>(batch),
                  static_cast<long long>(positions), static_cast<long long>(classes), static_cast<long long>(ignored));
          Problem mean({batch, positions, classes, 1, 0, ignored}, 3, Guard::After);
          Problem sum({batch, positions, classes, 0, 1, ignored}, 30, Guard::Before);
          for (bool hard : {false, true}) {
            mean.compare(hard, Guard::After);
            sum.compare(hard, Guard::Before);
          }
        }
      }
    }
  }
  in_case("%s", "");
}

void finite_differences(bool hard, int64_t classes) {
  Problem p({2, 5, classes, 1, 0, 255}, 2, Guard::After);
  Guarded<float> diff(p.src.size());
  double loss = 0, up = 0, down = 0;
  CHECK_OK(p.run(hard, diff.data(), &loss));
  for (int64_t i = 0; i < p.src.size(); i++) {
    const float x = p.src[i], above = x + 0x1p-10f, below = x - 0x1p-10f;
    p.src[i] = above;
    CHECK_OK(p.run(hard, nullptr, &up));
    p.src[i] = below;
    CHECK_OK(p.run(hard, nullptr, &down));
    p.src[i] = x;
    CHECK(close_to(diff[i], (up - down) / (static_cast<double>(above) - below), 1e-6));
  }
}

void same_bits() {
  Problem p({2, 20011, 3, 1, 0, 255}, 3, Guard::After);
  Guarded<float> one(p.src.size()), many(p.src.size());
  double loss = 0, other = 1;
  CHECK_OK(quern_set_threads(1));
  CHECK_OK(p.run(true, one.data(), &loss));
  for (int threads : {2, 3}) {
    CHECK_OK(quern_set_threads(threads));
    CHECK_OK(p.run(true, many.data(), &other));
    CHECK(loss == other);
    for (int64_t i = 0; i < one.size(); i++) CHECK(one[i] == many[i]);
  }
}

void special_values() {
  double loss = -1, workspace[96];
  float diff[4] = {9, 9, 9, 9};
  const float far[] = {1e4f, -1e4f, -1e4f, 1e4f}, bad[] = {NAN, 1, 2, 3};
  const int32_t right[] = {0, 1}, wrong[] = {1, 0}, ignored[] = {-100, -100}, first[] = {-100, 1};
  const quern_dice d{1, 2, 2, 0, 1, -100};
  CHECK_OK(quern_dice_loss(&d, far, right, diff, workspace, sizeof workspace, &loss));
  CHECK(loss == 0);
  for (float v : diff) CHECK(v == 0);
  CHECK_OK(quern_dice_loss(&d, far, wrong, diff, workspace, sizeof workspace, &loss));
  CHECK(loss == 2);
  CHECK_OK(quern_dice_loss(&d, bad, ignored, diff, workspace, sizeof workspace, &loss));
  CHECK(loss == 0);
  for (float v : diff) CHECK(v == 0);
  CHECK_OK(quern_dice_loss(&d, bad, first, diff, workspace, sizeof workspace, &loss));
  CHECK(std::isfinite(loss));
  CHECK_OK(quern_dice_loss(&d, bad, right, diff, workspace, sizeof workspace, &loss));
  CHECK(std::isnan(loss) && std::isnan(diff[0]));
  // a class that is hardly met and not wanted: the square of its sum is no double any more
  const float gap[] = {400, 0};
  const int32_t zero[] = {0};
  const quern_dice one{1, 1, 2, 0, 1, -100};
  CHECK_OK(quern_dice_loss(&one, gap, zero, diff, workspace, sizeof workspace, &loss));
  CHECK(loss == 1);
  CHECK(std::isfinite(diff[0]) && std::isfinite(diff[1]));
  const quern_dice none{0, 2, 2, 1, 0, -100};
  CHECK_OK(quern_dice_loss(&none, far, right, diff, nullptr, 0, &loss));
  CHECK(std::isnan(loss));
}

void refusals() {
  float* f = untouchable<float>();
  int32_t* t = untouchable<int32_t>();
  double* d = untouchable<double>();
  constexpr int64_t kMost = INT32_MAX, kEnough = 1 << 20;
  const quern_dice good{1, 2, 2, 1, 0, -100};
  int64_t bytes = 0;
  const char* text = "dice: a required pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_dice_workspace(nullptr, &bytes));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_dice_workspace(&good, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_dice_loss(nullptr, f, t, f, d, kEnough, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_dice_loss(&good, nullptr, t, f, d, kEnough, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_dice_loss(&good, f, nullptr, f, d, kEnough, d));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_dice_loss(&good, f, t, f, d, kEnough, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_dice_soft_loss(&good, f, nullptr, f, d, kEnough, d));
  CHECK_REFUSED(QUERN_WORKSPACE, "dice: workspace", quern_dice_loss(&good, f, t, f, d, 8, d));
  CHECK_REFUSED(QUERN_WORKSPACE, "dice: workspace", quern_dice_soft_loss(&good, f, f, f, nullptr, kEnough, d));
  const quern_dice bad[] = {{-1, 2, 2, 1, 0, 0}, {1, 0, 2, 1, 0, 0},   {1, 2, 0, 1, 0, 0},
                            {1, 2, 2, -1, 0, 0}, {1, 2, 2, NAN, 0, 0}, {1, 2, 2, 1, 2, 0}};
  for (const quern_dice& b : bad) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "dice: ", quern_dice_workspace(&b, &bytes));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "dice: ", quern_dice_loss(&b, f, t, f, d, kEnough, d));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "dice: ", quern_dice_soft_loss(&b, f, f, f, d, kEnough, d));
  }
  const quern_dice large{kMost, kMost, 2, 1, 0, 0};
  CHECK_REFUSED(QUERN_INVALID_SHAPE, "more than 2^53", quern_dice_workspace(&large, &bytes));
  for (int32_t wrong : {-1, 2, INT32_MAX, INT32_MIN}) {
    Guarded<int32_t> labels(2);
    labels[0] = 0;
    labels[1] = wrong;
    for (int64_t classes : {1, 2}) {
      const quern_dice two{1, 2, classes, 1, 0, -100};
      CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "of row 1 is outside [0, 2)",
                    quern_dice_loss(&two, f, labels.data(), f, d, kEnough, d));
    }
  }
}

}  // namespace

int main() {
  start();
  cases();
  for (bool hard : {false, true}) {
    for (int64_t classes : {1, 3}) finite_differences(hard, classes);
  }
  same_bits();
  special_values();
  refusals();
  return finish();
}
