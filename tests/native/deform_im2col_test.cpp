// deform_im2col against plain loops; and what is refused.
#include "deform_im2col_check.h"

namespace {

using namespace of_deform_im2col;

void cases(Guard side) {
  for (bool masked : {false, true}) {
    for (int64_t c : {1, 3, 8, 19}) {
      check({2, c, 5, 7, 3, 3, 1, 1, 1, 1, 1, 1, 1, c, 0, 0}, masked, side);
      check({1, 2 * c, 6, 5, 2, 3, 2, 1, 0, 2, 1, 2, 2, 2 * c + 3, 0, 0}, masked, side);
      check({1, 6 * c, 4, 4, 1, 1, 1, 2, 0, 0, 3, 1, 3, 6 * c, 0, 0}, masked, side);
    }
    check({1, 2, 1, 1, 1, 1, 1, 1, 3, 2, 1, 1, 1, 2, 0, 0}, masked, side);
    check({0, 4, 3, 3, 2, 2, 1, 1, 0, 0, 1, 1, 2, 4, 0, 0}, masked, side);
    check({2, 70, 9, 8, 3, 2, 1, 1, 2, 1, 2, 1, 1, 71, 0, 0}, masked, side);  // several pieces
  }
}

void refused(int status, const char* text, const D* d) {
  float* f = untouchable<float>();
  CHECK_REFUSED(status, text, quern_deform_im2col_forward(d, f, f, f, f));
  CHECK_REFUSED(status, text, quern_deform_im2col_backward(d, f, f, f, f, f, f, f));
}

void refusals() {
  const D good{1, 6, 5, 5, 3, 3, 1, 1, 1, 1, 1, 1, 2, 6, 0, 0};
  const struct {
    int64_t D::*field;
    const char* text;
    int64_t value;
  } bad[] = {{&D::batch, "batch -1", -1},
             {&D::channels, "channels 0", 0},
             {&D::in_height, "in_height 0", 0},
             {&D::in_width, "in_width 2147483648", int64_t{1} << 31},
             {&D::kernel_height, "kernel_height 0", 0},
             {&D::kernel_width, "kernel_width -3", -3},
             {&D::stride_height, "stride_height 0", 0},
             {&D::stride_width, "stride_width 0", 0},
             {&D::padding_height, "padding_height -1", -1},
             {&D::padding_width, "padding_width -1", -1},
             {&D::dilation_height, "dilation_height 0", 0},
             {&D::dilation_width, "dilation_width 0", 0},
             {&D::offset_groups, "offset_groups 0", 0},
             {&D::offset_groups, "6 channels are not a multiple of 4 offset_groups", 4},
             {&D::src_pitch, "src_pitch 1", 1}};
  for (const auto& b : bad) {
    D d = good;
    d.*b.field = b.value;
    refused(QUERN_INVALID_ARGUMENT, b.text, &d);
  }
  D large = good;
  large.batch = large.src_pitch = INT32_MAX;
  refused(QUERN_INVALID_SHAPE, "more than 2^53", &large);
  large = good;
  large.kernel_height = large.kernel_width = large.padding_height = large.padding_width = INT32_MAX;
  refused(QUERN_INVALID_SHAPE, "columns 1x6", &large);
  large = good;
  large.kernel_height = 8;
  refused(QUERN_INVALID_SHAPE, "kernel 8x3 does not fit the padded input 7x7", &large);
  const char* text = "deform_im2col: a required pointer is null";
  refused(QUERN_INVALID_ARGUMENT, text, nullptr);
  float* f = untouchable<float>();
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_deform_im2col_forward(&good, nullptr, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_deform_im2col_forward(&good, f, nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_deform_im2col_forward(&good, f, f, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_deform_im2col_backward(&good, nullptr, f, f, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_deform_im2col_backward(&good, f, nullptr, f, f, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_deform_im2col_backward(&good, f, f, f, nullptr, f, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "diff_mask is given, but mask is null",
                quern_deform_im2col_backward(&good, f, f, nullptr, f, f, f, f));
}

}  // namespace

int main() {
  start();
  for (Guard side : {Guard::After, Guard::Before}) cases(side);
  in_case("%s", "");
  refusals();
  return finish();
}
