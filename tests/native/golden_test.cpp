// What PyTorch computed for convolutions, pooling, linear and relu, through the C ABI: the Java tests compare
// the same cases, and cannot run everywhere that the library runs.
#include <algorithm>

#include "golden_file.h"
#include "guarded.h"

namespace {

// Of the largest value that is recorded, as in the Java tests.
constexpr double kTolerance = 1e-5;

const GoldenFile* file;
int passes = 0;

void agrees(const GoldenCase& c, const char* tensor, const std::vector<float>& got) {
  const GoldenTensor wanted = file->tensor(c, tensor);
  CHECK(got.size() == wanted.values.size());
  double largest = 0, distance = 0;
  for (size_t i = 0; i < wanted.values.size() && i < got.size(); i++) {
    largest = std::max(largest, std::fabs(static_cast<double>(wanted.values[i])));
    const double apart = std::fabs(static_cast<double>(got[i]) - static_cast<double>(wanted.values[i]));
    distance = apart > distance || std::isnan(apart) ? apart : distance;
  }
  if (!(distance <= kTolerance * largest)) {
    failed(__FILE__, __LINE__, "%s is off by %g of %g", tensor, distance, largest);
  }
  passes++;
}

template <typename Count>
std::vector<float> unset(Count n) {
  return std::vector<float>(static_cast<size_t>(n), -77.0f);
}

std::vector<float> nhwc(const GoldenTensor& t) {
  std::vector<float> to = unset(t.values.size());
  CHECK_OK(quern_nchw_to_nhwc(QUERN_F32, t.dim(0), t.dim(1), t.dim(2), t.dim(3), t.values.data(), to.data(), t.dim(1)));
  return to;
}

std::vector<float> nchw(const std::vector<float>& from, const GoldenTensor& like) {
  std::vector<float> to = unset(from.size());
  CHECK_OK(quern_nhwc_to_nchw(QUERN_F32, like.dim(0), like.dim(1), like.dim(2), like.dim(3), from.data(), like.dim(1),
                              to.data()));
  return to;
}

// All passes of one implementation; of those that refuse a case nothing is said.
void conv2d(const GoldenCase& c, const quern_conv2d& d) {
  const GoldenTensor input = file->tensor(c, "input"), weight = file->tensor(c, "weight"),
                     output = file->tensor(c, "output");
  const bool biased = file->has(c, "bias");
  const std::vector<float> bias = biased ? file->tensor(c, "bias").values : std::vector<float>();
  const std::vector<float> src = nhwc(input), diff = nhwc(file->tensor(c, "grad_output"));
  std::vector<float> dst = unset(output.values.size()), diff_src = unset(src.size()),
                     diff_weight = unset(weight.values.size()), diff_bias = unset(output.dim(1));
  int64_t packed_bytes = 0, workspace_bytes = 0;
  CHECK_OK(quern_conv2d_packed_size(&d, &packed_bytes));
  CHECK_OK(quern_conv2d_workspace(&d, &workspace_bytes));
  Packed packed(packed_bytes, Guard::After), workspace(workspace_bytes, Guard::After);
  if (packed_bytes > 0) CHECK_OK(quern_conv2d_pack(&d, weight.values.data(), packed.data()));
  const void* read = packed.or_plain(weight.values.data());
  CHECK_OK(quern_conv2d_forward(&d, src.data(), read, biased ? bias.data() : nullptr, nullptr, dst.data(),
                                workspace.data(), workspace_bytes));
  agrees(c, "output", nchw(dst, output));
  CHECK_OK(quern_conv2d_backward_data(&d, diff.data(), read, diff_src.data(), workspace.data(), workspace_bytes));
  agrees(c, "grad_input", nchw(diff_src, input));
  CHECK_OK(quern_conv2d_backward_weights(&d, src.data(), diff.data(), diff_weight.data(),
                                         biased ? diff_bias.data() : nullptr, workspace.data(), workspace_bytes));
  agrees(c, "grad_weight", diff_weight);
  if (biased) agrees(c, "grad_bias", diff_bias);
}

bool accepted(const quern_conv2d& d, int64_t implementation) {
  for (int64_t pass : {QUERN_FORWARD, QUERN_BACKWARD_DATA, QUERN_BACKWARD_WEIGHTS}) {
    if (quern_conv2d_accepts(&d, pass, implementation) != QUERN_OK) return false;
  }
  return true;
}

void conv2d(const GoldenCase& c) {
  const GoldenTensor input = file->tensor(c, "input"), weight = file->tensor(c, "weight");
  quern_conv2d d{};
  d.batch = input.dim(0), d.in_channels = input.dim(1), d.in_height = input.dim(2), d.in_width = input.dim(3);
  d.out_channels = weight.dim(0), d.kernel_height = weight.dim(2), d.kernel_width = weight.dim(3);
  d.stride_height = c.number("stride", 0, 1), d.stride_width = c.number("stride", 1, 1);
  d.padding_height = c.number("padding", 0, 0), d.padding_width = c.number("padding", 1, 0);
  d.dilation_height = c.number("dilation", 0, 1), d.dilation_width = c.number("dilation", 1, 1);
  d.groups = c.number("groups", 0, 1);
  d.src_pitch = d.in_channels, d.dst_pitch = d.out_channels;
  d.implementation = -1;
  conv2d(c, d);
  for (int64_t i = 0; quern_conv2d_implementation(i) != nullptr; i++) {
    if (!accepted(d, i)) continue;
    in_case("%s by %s", c.name.c_str(), quern_conv2d_implementation(i));
    d.implementation = i;
    conv2d(c, d);
  }
}

void pool2d(const GoldenCase& c, bool max) {
  const GoldenTensor input = file->tensor(c, "input"), output = file->tensor(c, "output");
  quern_pool2d d{};
  d.batch = input.dim(0), d.channels = input.dim(1), d.in_height = input.dim(2), d.in_width = input.dim(3);
  d.kernel_height = c.number("kernel", 0, 1), d.kernel_width = c.number("kernel", 1, 1);
  d.stride_height = c.number("stride", 0, d.kernel_height), d.stride_width = c.number("stride", 1, d.kernel_width);
  d.padding_top = d.padding_bottom = c.number("padding", 0, 0),
  d.padding_left = d.padding_right = c.number("padding", 1, 0);
  d.dilation_height = c.number("dilation", 0, 1), d.dilation_width = c.number("dilation", 1, 1);
  d.ceil_mode = c.number("ceil_mode", 0, 0), d.count_include_pad = c.number("count_include_pad", 0, max ? 0 : 1);
  d.src_pitch = d.dst_pitch = d.channels;
  const std::vector<float> src = nhwc(input), diff = nhwc(file->tensor(c, "grad_output"));
  std::vector<float> dst = unset(output.values.size()), diff_src = unset(src.size());
  std::vector<int32_t> indices(dst.size());
  if (max) {
    CHECK_OK(quern_max_pool2d_forward(&d, src.data(), dst.data(), indices.data()));
    CHECK_OK(quern_max_pool2d_backward(&d, diff.data(), indices.data(), diff_src.data()));
  } else {
    CHECK_OK(quern_avg_pool2d_forward(&d, src.data(), dst.data()));
    CHECK_OK(quern_avg_pool2d_backward(&d, diff.data(), diff_src.data()));
  }
  agrees(c, "output", nchw(dst, output));
  agrees(c, "grad_input", nchw(diff_src, input));
}

void linear(const GoldenCase& c) {
  const GoldenTensor input = file->tensor(c, "input"), weight = file->tensor(c, "weight");
  const bool biased = file->has(c, "bias");
  const std::vector<float> bias = biased ? file->tensor(c, "bias").values : std::vector<float>(),
                           diff = file->tensor(c, "grad_output").values;
  quern_linear d{};
  d.in_features = weight.dim(1), d.out_features = weight.dim(0), d.pixels = 1;
  d.batch = static_cast<int64_t>(input.values.size()) / d.in_features;
  int64_t bytes = 0;
  CHECK_OK(quern_linear_workspace(&d, &bytes));
  std::vector<float> dst = unset(d.batch * d.out_features), diff_src = unset(input.values.size()),
                     diff_weight = unset(weight.values.size()), diff_bias = unset(d.out_features);
  Packed workspace(bytes, Guard::After);
  CHECK_OK(
      quern_linear_forward(&d, input.values.data(), weight.values.data(), biased ? bias.data() : nullptr, dst.data()));
  CHECK_OK(quern_linear_backward_data(&d, diff.data(), weight.values.data(), diff_src.data()));
  CHECK_OK(quern_linear_backward_weights(&d, input.values.data(), diff.data(), diff_weight.data(),
                                         biased ? diff_bias.data() : nullptr, workspace.data(), bytes));
  agrees(c, "output", dst);
  agrees(c, "grad_input", diff_src);
  agrees(c, "grad_weight", diff_weight);
  if (biased) agrees(c, "grad_bias", diff_bias);
}

void relu(const GoldenCase& c) {
  const std::vector<float> src = file->tensor(c, "input").values, diff = file->tensor(c, "grad_output").values;
  std::vector<float> dst = unset(src.size()), diff_src = unset(src.size());
  const int64_t n = static_cast<int64_t>(src.size());
  CHECK_OK(quern_relu_forward(QUERN_F32, n, src.data(), dst.data()));
  CHECK_OK(quern_relu_backward(QUERN_F32, n, dst.data(), diff.data(), diff_src.data()));
  agrees(c, "output", dst);
  agrees(c, "grad_input", diff_src);
}

}  // namespace

int main(int argc, char** argv) {
  start();
  const GoldenFile golden(argc > 1 ? argv[1] : "torch-ops.safetensors");
  file = &golden;
  int convolutions = 0;
  for (const GoldenCase& c : golden.cases) {
    in_case("%s", c.name.c_str());
    if (c.op == "conv2d") conv2d(c), convolutions++;
    if (c.op == "max_pool2d" || c.op == "avg_pool2d") pool2d(c, c.op == "max_pool2d");
    if (c.op == "linear") linear(c);
    if (c.op == "relu") relu(c);
  }
  in_case("%s", "");
  CHECK(convolutions == 51);
  std::printf("%zu cases read, %d results compared\n", golden.cases.size(), passes);
  return finish();
}
