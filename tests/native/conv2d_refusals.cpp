// What conv2d refuses: every field out of its range, sizes that overflow, null pointers, a workspace that is too small,
// and implementations that cannot.
#include <cmath>

#include "conv2d_descriptor.h"
#include "conv2d_plain.h"

namespace {

const quern_conv2d kGood = with(conv(2, 4, 6, 6, 8, 3, 3), 1, 1, 1, 2);

// All functions that take the descriptor must refuse it, before they touch a buffer.
void refused(int status, const char* text, const quern_conv2d& d) {
  in_case("refusal \"%s\"", text);
  float* f = untouchable<float>();
  int64_t* size = untouchable<int64_t>();
  CHECK_REFUSED(status, text, quern_conv2d_accepts(&d, QUERN_FORWARD, 2));
  CHECK_REFUSED(status, text, quern_conv2d_packed_size(&d, size));
  CHECK_REFUSED(status, text, quern_conv2d_pack(&d, f, f));
  CHECK_REFUSED(status, text, quern_conv2d_workspace(&d, size));
  CHECK_REFUSED(status, text, quern_conv2d_forward(&d, f, f, f, nullptr, f, f, INT64_MAX));
  CHECK_REFUSED(status, text, quern_conv2d_backward_data(&d, f, f, f, f, INT64_MAX));
  CHECK_REFUSED(status, text, quern_conv2d_backward_weights(&d, f, f, f, f, f, INT64_MAX));
  in_case("%s", "");
}

void fields_out_of_range() {
  refused(QUERN_INVALID_ARGUMENT, "in_channels 0 is outside", {});
  const struct {
    int64_t quern_conv2d::*field;
    const char* name;
    int64_t least;
  } fields[] = {{&quern_conv2d::batch, "batch", 0},
                {&quern_conv2d::in_channels, "in_channels", 1},
                {&quern_conv2d::in_height, "in_height", 1},
                {&quern_conv2d::in_width, "in_width", 1},
                {&quern_conv2d::out_channels, "out_channels", 1},
                {&quern_conv2d::kernel_height, "kernel_height", 1},
                {&quern_conv2d::kernel_width, "kernel_width", 1},
                {&quern_conv2d::stride_height, "stride_height", 1},
                {&quern_conv2d::stride_width, "stride_width", 1},
                {&quern_conv2d::padding_height, "padding_height", 0},
                {&quern_conv2d::padding_width, "padding_width", 0},
                {&quern_conv2d::dilation_height, "dilation_height", 1},
                {&quern_conv2d::dilation_width, "dilation_width", 1},
                {&quern_conv2d::groups, "groups", 1},
                {&quern_conv2d::src_pitch, "src_pitch", 4},
                {&quern_conv2d::dst_pitch, "dst_pitch", 8}};
  for (const auto& f : fields) {
    for (int64_t bad : {f.least - 1, int64_t{-1}, INT64_MIN, int64_t{1} << 31, INT64_MAX}) {
      quern_conv2d d = kGood;
      d.*f.field = bad;
      refused(QUERN_INVALID_ARGUMENT, f.name, d);
    }
  }
}

void shapes_that_do_not_fit() {
  quern_conv2d d = kGood;
  d.groups = 3;
  refused(QUERN_INVALID_SHAPE, "multiples of groups 3", d);
  d = kGood;
  d.groups = 4, d.out_channels = 6;
  refused(QUERN_INVALID_SHAPE, "multiples of groups 4", d);
  d = kGood;
  d.kernel_height = 9;
  refused(QUERN_INVALID_SHAPE, "kernel 9x3 does not fit the padded input 8x8", d);
  d = kGood;
  d.kernel_width = 5, d.dilation_width = 2;
  refused(QUERN_INVALID_SHAPE, "does not fit", d);
}

// Each number within its range, but their product is not. Without an image in the batch too: sizes of one image are
// computed all the same.
void sizes_that_overflow() {
  const quern_conv2d border = with(conv(1, 32, 2, 2, 32, 2, 2), 1, (1 << 30) - 1, INT32_MAX - 1);
  refused(QUERN_INVALID_SHAPE, "padded input", border);
  constexpr int64_t kMost = INT32_MAX;
  for (int64_t batch : {int64_t{0}, int64_t{1}, kMost}) {
    quern_conv2d d = kGood;
    d.batch = batch, d.in_height = kMost, d.in_width = kMost;
    refused(QUERN_INVALID_SHAPE, "more than 2^53", d);
    d = kGood;
    d.batch = batch, d.padding_height = kMost, d.padding_width = kMost;
    refused(QUERN_INVALID_SHAPE, "more than 2^53", d);
    // 2^32 x 2^32 output pixels: 0 in 64 bits
    d = {batch, 1, 2, 2, 1, 1, 1, 1, 1, kMost, kMost, 1, 1, 1, 1, 1, -1, 0, 0};
    refused(QUERN_INVALID_SHAPE, "more than 2^53", d);
    d = kGood;
    d.batch = batch, d.dst_pitch = kMost, d.padding_height = kMost;
    refused(QUERN_INVALID_SHAPE, "more than 2^53", d);
  }
  refused(QUERN_INVALID_SHAPE, "more than 2^53",
          {1, kMost, 1, 1, kMost, 1, 1, 1, 1, 0, 0, 1, 1, 1, kMost, kMost, -1, 0, 0});
  refused(QUERN_INVALID_ARGUMENT, "inputs per output",
          {1, 1, 1 << 16, 1 << 16, 1, 1 << 16, 1 << 16, 1, 1, 0, 0, 1, 1, 1, 1, 1, -1, 0, 0});
}

void null_pointers() {
  float* f = untouchable<float>();
  const char* text = "pointer is null";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_accepts(nullptr, QUERN_FORWARD, 0));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_packed_size(nullptr, untouchable<int64_t>()));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_packed_size(&kGood, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_workspace(nullptr, untouchable<int64_t>()));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_workspace(&kGood, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_chosen(nullptr, QUERN_FORWARD, untouchable<int64_t>()));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_chosen(&kGood, QUERN_FORWARD, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_piece_sums(nullptr, untouchable<int64_t>()));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_piece_sums(&kGood, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_pack(nullptr, f, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_pack(&kGood, nullptr, f));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_pack(&kGood, f, nullptr));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "are not aligned to 64 bytes", quern_conv2d_pack(&kGood, f, f + 1));
  for (int missing = 0; missing < 4; missing++) {
    const quern_conv2d* d = missing == 0 ? nullptr : &kGood;
    float *a = missing == 1 ? nullptr : f, *b = missing == 2 ? nullptr : f, *c = missing == 3 ? nullptr : f;
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_forward(d, a, b, f, nullptr, c, f, INT64_MAX));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_backward_data(d, a, b, c, f, INT64_MAX));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_backward_weights(d, a, b, c, f, f, INT64_MAX));
  }
}

void workspace_refused(const quern_conv2d& d, void* memory, int64_t bytes) {
  float* f = untouchable<float>();
  CHECK_REFUSED(QUERN_WORKSPACE, "workspace of", quern_conv2d_forward(&d, f, f, f, nullptr, f, memory, bytes));
  CHECK_REFUSED(QUERN_WORKSPACE, "workspace of", quern_conv2d_backward_data(&d, f, f, f, memory, bytes));
  CHECK_REFUSED(QUERN_WORKSPACE, "workspace of", quern_conv2d_backward_weights(&d, f, f, f, f, memory, bytes));
}

void post_ops() {
  float* f = untouchable<float>();
  const auto refuse = [&](const char* text, const quern_post_ops& post, float* dst) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_forward(&kGood, f, f, f, &post, dst, f, INT64_MAX));
  };
  refuse("pointer is null", {f, nullptr, nullptr, 0, 1, nullptr, nullptr}, f);
  refuse("pointer is null", {nullptr, f, nullptr, 0, 1, nullptr, nullptr}, f);
  refuse("the addend overlaps the output", {nullptr, nullptr, f, 0, 1, nullptr, nullptr}, f);
  double sum = 0;
  refuse("pointer is null", {nullptr, nullptr, nullptr, 0, 1, &sum, nullptr}, f);
  refuse("pointer is null", {nullptr, nullptr, nullptr, 0, 1, nullptr, &sum}, f);
  refuse("bounds 1 and 0 are not in order", {nullptr, nullptr, nullptr, 1, 0, nullptr, nullptr}, f);
  refuse("are not in order", {nullptr, nullptr, nullptr, 0, NAN, nullptr, nullptr}, f);
}

// Without a backward pass, weights are packed for forward alone; Winograd packs its own in training.
void inference() {
  float* f = untouchable<float>();
  quern_conv2d d = kGood;
  d.groups = 1;
  d.in_channels = d.src_pitch = 8;
  const auto packed = [&](int64_t strict, int64_t inference) {
    int64_t bytes = -1;
    d.precision = strict ? QUERN_PRECISION_STRICT : QUERN_PRECISION_DEFAULT;
    d.implementation = index_of(strict ? "direct" : "winograd");
    d.inference = inference;
    CHECK_OK(quern_conv2d_packed_size(&d, &bytes));
    return bytes;
  };
  double sums = 0;
  const quern_post_ops post{nullptr, nullptr, nullptr, -INFINITY, INFINITY, &sums, &sums};
  d.inference = 1;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "inference does not compute sums",
                quern_conv2d_forward(&d, f, f, f, &post, f, f, INT64_MAX));
  CHECK(packed(1, 0) == 2 * packed(1, 1));
  CHECK(packed(0, 0) == 0);
  CHECK(packed(0, 1) > 0);
  const char* text = "inference has no backward pass";
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_backward_data(&d, f, f, f, f, INT64_MAX));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_backward_weights(&d, f, f, f, f, f, INT64_MAX));
}

// Queries of a pass that is none, or that this convolution does not have.
void passes() {
  quern_conv2d d = kGood;
  for (int64_t pass : {int64_t{-1}, int64_t{3}, INT64_MIN, INT64_MAX}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "is not a quern_pass", quern_conv2d_accepts(&d, pass, 0));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "is not a quern_pass", quern_conv2d_chosen(&d, pass, untouchable<int64_t>()));
  }
  for (int64_t pass : {QUERN_BACKWARD_DATA, QUERN_BACKWARD_WEIGHTS}) {
    int64_t forward = -1, backward = -1;
    CHECK_OK(quern_conv2d_chosen(&d, QUERN_FORWARD, &forward));
    CHECK_OK(quern_conv2d_chosen(&d, pass, &backward));
    CHECK(backward == forward);
    CHECK_OK(quern_conv2d_accepts(&d, pass, index_of("im2col")));
    quern_conv2d only = d;
    only.inference = 1;
    const char* text = "inference has no backward pass";
    CHECK_REFUSED(QUERN_UNSUPPORTED, text, quern_conv2d_accepts(&only, pass, index_of("im2col")));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, quern_conv2d_chosen(&only, pass, untouchable<int64_t>()));
  }
  d.groups = 1;
  d.out_channels = d.dst_pitch = 4;
  d.src_order = QUERN_NCHW;
  d.src_pitch = 1;
  CHECK_OK(quern_conv2d_accepts(&d, QUERN_BACKWARD_WEIGHTS, index_of("planar")));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "src is NCHW, which does not support gradients",
                quern_conv2d_accepts(&d, QUERN_BACKWARD_DATA, index_of("planar")));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "backward_data to src_order 1 (NCHW)",
                quern_conv2d_chosen(&d, QUERN_BACKWARD_DATA, untouchable<int64_t>()));
}

void planes() {
  float* f = untouchable<float>();
  quern_conv2d d = kGood;
  d.src_order = QUERN_NCHW;
  d.src_pitch = 1;
  CHECK_REFUSED(QUERN_UNSUPPORTED, "no implementation takes",  // groups
                quern_conv2d_packed_size(&d, untouchable<int64_t>()));
  d.groups = 1;
  d.out_channels = d.dst_pitch = 4;
  d.implementation = index_of("reference");
  CHECK_REFUSED(QUERN_UNSUPPORTED, "src is NCHW", quern_conv2d_forward(&d, f, f, f, nullptr, f, f, 1));
  d.implementation = -1;
  CHECK_REFUSED(QUERN_UNSUPPORTED, "backward_data to src_order 1 (NCHW)",
                quern_conv2d_backward_data(&d, f, f, f, f, INT64_MAX));
}

void small_workspaces() {
  CHECK_OK(quern_set_threads(1));
  int tried = 0;
  for (int64_t kernel : {1, 3}) {
    quern_conv2d d = kGood;
    d.kernel_height = d.kernel_width = kernel;
    d.padding_height = d.padding_width = kernel / 2;
    for (d.implementation = 0; quern_conv2d_implementation(d.implementation) != nullptr; d.implementation++) {
      int64_t bytes = 0;
      if (quern_conv2d_accepts(&d, QUERN_FORWARD, d.implementation) != QUERN_OK) continue;
      CHECK_OK(quern_conv2d_workspace(&d, &bytes));
      if (bytes == 0) continue;  // the reference needs none
      tried++;
      const bool differ = d.implementation == index_of("merged");  // what its passes need
      workspace_refused(d, untouchable<void>(), differ ? 63 : bytes - 1);
      workspace_refused(d, untouchable<void>(), 0);
      workspace_refused(d, untouchable<void>(), -1);
      workspace_refused(d, nullptr, bytes);
    }
  }
  CHECK(tried >= 2);
}

void forced_implementation(int status, const char* text, quern_conv2d d, int64_t index) {
  float* f = untouchable<float>();
  d.implementation = index;
  CHECK_REFUSED(status, text, quern_conv2d_accepts(&d, QUERN_FORWARD, index));
  CHECK_REFUSED(status, text, quern_conv2d_workspace(&d, untouchable<int64_t>()));
  CHECK_REFUSED(status, text, quern_conv2d_forward(&d, f, f, f, nullptr, f, f, INT64_MAX));
  CHECK_REFUSED(status, text, quern_conv2d_backward_data(&d, f, f, f, f, INT64_MAX));
  CHECK_REFUSED(status, text, quern_conv2d_backward_weights(&d, f, f, f, f, f, INT64_MAX));
}

void implementations() {
  int64_t n = 0;
  while (quern_conv2d_implementation(n) != nullptr) n++;
  CHECK(index_of("gemm") >= 0 && index_of("direct") >= 0 && index_of("im2col") >= 0 && index_of("reference") == n - 1);
  for (int64_t outside : {n, int64_t{-2}, INT64_MIN, INT64_MAX}) {
    CHECK(quern_conv2d_implementation(outside) == nullptr);
    forced_implementation(QUERN_INVALID_ARGUMENT, "outside [0, ", kGood, outside);
  }
  CHECK(quern_conv2d_implementation(-1) == nullptr);
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "outside [0, ", quern_conv2d_accepts(&kGood, QUERN_FORWARD, -1));
  forced_implementation(QUERN_UNSUPPORTED, "gemm refuses", kGood, index_of("gemm"));
  quern_conv2d pointwise = kGood;
  pointwise.kernel_height = pointwise.kernel_width = 1;
  pointwise.padding_height = pointwise.padding_width = 0;
  forced_implementation(QUERN_UNSUPPORTED, "im2col refuses", pointwise, index_of("im2col"));
}

// A query of any stride and image ends, and so does the choice of an implementation.
void huge_strides() {
  quern_conv2d d = kGood;
  d.in_width = d.stride_width = INT32_MAX;
  d.in_height = d.stride_height = 1 << 20;
  d.batch = 1;
  d.in_channels = d.out_channels = d.src_pitch = d.dst_pitch = 1;
  d.groups = 1;
  for (int64_t inference : {0, 1}) {
    d.inference = inference;
    int64_t chosen = -1, packed = -1, bytes = -1;
    CHECK_OK(quern_conv2d_chosen(&d, QUERN_FORWARD, &chosen));
    CHECK_OK(quern_conv2d_packed_size(&d, &packed));
    CHECK_OK(quern_conv2d_workspace(&d, &bytes));
    CHECK(chosen >= 0 && packed >= 0 && bytes >= 0);
  }
  d.inference = 0;
  CHECK_REFUSED(QUERN_UNSUPPORTED, "the stride has more than 1024 remainders",
                quern_conv2d_accepts(&d, QUERN_FORWARD, index_of("direct")));
}

}  // namespace

void refusals() {
  fields_out_of_range();
  shapes_that_do_not_fit();
  sizes_that_overflow();
  null_pointers();
  post_ops();
  inference();
  passes();
  planes();
  small_workspaces();
  implementations();
  huge_strides();
}
