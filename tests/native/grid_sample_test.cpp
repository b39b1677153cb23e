// grid_sample in every mode and padding against plain loops; and what is refused.
#include "grid_sample_check.h"

namespace {

using namespace of_grid_sample;

void cases(Guard side) {
  for (int64_t mode : {QUERN_SAMPLE_BILINEAR, QUERN_SAMPLE_NEAREST, QUERN_SAMPLE_BICUBIC}) {
    for (int64_t padding : {QUERN_SAMPLE_ZEROS, QUERN_SAMPLE_BORDER, QUERN_SAMPLE_REFLECTION}) {
      for (int64_t align : {0, 1}) {
        for (int64_t c : {1, 3, 8, 19}) {
          check({2, c, 5, 7, 6, 9, mode, padding, align, c, c, 0, 0}, side);
          check({1, c, 1, 4, 5, 8, mode, padding, align, c + 3, c + 1, 0, 0}, side);
        }
        check({1, 2, 1, 1, 7, 11, mode, padding, align, 2, 2, 0, 0}, side);
        check({3, 5, 2, 3, 1, 1, mode, padding, align, 5, 5, 0, 0}, side);
        check({0, 5, 2, 3, 4, 4, mode, padding, align, 5, 5, 0, 0}, side);
        check({1, 130, 9, 8, 33, 40, mode, padding, align, 131, 133, 0, 0}, side);  // several pieces
      }
    }
  }
}

void refused(int status, const char* text, const D* d) {
  float* f = untouchable<float>();
  CHECK_REFUSED(status, text, quern_grid_sample_forward(d, f, f, f));
  CHECK_REFUSED(status, text, quern_grid_sample_backward(d, f, f, f, f, f));
}

void refusals() {
  const D good{1, 2, 3, 4, 5, 6, 0, 0, 0, 2, 2, 0, 0};
  const struct {
    int64_t D::*field;
    const char* text;
    int64_t value;
  } bad[] = {{&D::batch, "batch -1", -1},        {&D::channels, "channels 0", 0},
             {&D::in_height, "in_height 0", 0},  {&D::in_width, "in_width 2147483648", int64_t{1} << 31},
             {&D::out_height, "out_height", -7}, {&D::out_width, "out_width 0", 0},
             {&D::mode, "mode 3 is above 2", 3}, {&D::mode, "mode -1", -1},
             {&D::padding, "padding 3", 3},      {&D::align_corners, "align_corners", 2},
             {&D::src_pitch, "src_pitch 1", 1},  {&D::dst_pitch, "dst_pitch 1", 1}};
  for (const auto& b : bad) {
    D d = good;
    d.*b.field = b.value;
    refused(QUERN_INVALID_ARGUMENT, b.text, &d);
  }
  D large = good;
  large.batch = large.src_pitch = INT32_MAX;
  refused(QUERN_INVALID_SHAPE, "more than 2^53", &large);
  large = good;
  large.batch = large.out_height = large.out_width = INT32_MAX;
  refused(QUERN_INVALID_SHAPE, "more than 2^53", &large);
  const char* text = "grid_sample: a required pointer is null";
  refused(QUERN_INVALID_ARGUMENT, text, nullptr);
  float* f = untouchable<float>();
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_grid_sample_forward(&good, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_grid_sample_forward(&good, f, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_grid_sample_forward(&good, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_grid_sample_backward(&good, nullptr, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_grid_sample_backward(&good, f, nullptr, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_grid_sample_backward(&good, f, f, nullptr, f, f));
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) cases(side);
  in_case("%s", "");
  refusals();
  return finish();
}
