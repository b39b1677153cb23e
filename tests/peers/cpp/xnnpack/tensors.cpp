#include "xnnpack/tensors.h"

#include <algorithm>

namespace peers {

void require(xnn_status status) {
  if (status != xnn_status_success) throw std::runtime_error("XNNPACK's status is " + std::to_string(status));
}

Floats transposed(const Floats& x, size_t a, size_t b, size_t c) {
  Floats y(x.size());
  for (size_t i = 0; i < a; i++)
    for (size_t j = 0; j < b; j++)
      for (size_t k = 0; k < c; k++) y[(i * c + k) * b + j] = x[(i * b + j) * c + k];
  return y;
}

uint32_t Tensors::floats(const Sizes& dims, uint32_t external, uint32_t flags) {
  uint32_t id;
  require(xnn_define_tensor_value(graph, xnn_datatype_fp32, dims.size(), dims.data(), nullptr, external, flags, &id));
  return id;
}

uint32_t Tensors::kept(const Sizes& dims, const Floats& values) {
  uint32_t id;
  const float* data = float_data.emplace_back(values).data();
  require(
      xnn_define_tensor_value(graph, xnn_datatype_fp32, dims.size(), dims.data(), data, XNN_INVALID_VALUE_ID, 0, &id));
  return id;
}

uint32_t Tensors::bytes(const Sizes& dims, float scale, bool positive) {
  uint32_t id;
  require(xnn_define_quantized_tensor_value(graph, xnn_datatype_qint8, positive ? -128 : 0, scale, dims.size(),
                                            dims.data(), nullptr, XNN_INVALID_VALUE_ID, 0, &id));
  return id;
}

Tensors::Weights Tensors::weights(const Sizes& dims, size_t channel, const Floats& weight, const Floats& bias,
                                  float scale) {
  size_t channels = dims[channel], inner = channel ? 1 : weight.size() / channels;
  if (scale == 0) return {kept(dims, weight), kept({channels}, bias)};
  Floats &scales = float_data.emplace_back(channels), &bias_scales = float_data.emplace_back(channels);
  std::vector<int8_t>& rounded = byte_data.emplace_back(weight.size());
  std::vector<int32_t>& rounded_bias = int_data.emplace_back(channels);
  for (size_t i = 0; i < weight.size(); i++) {
    float& s = scales[i / inner % channels];
    s = std::max({s, std::fabs(weight[i]) / 127, 1e-30f});
  }
  for (size_t i = 0; i < weight.size(); i++)
    rounded[i] = static_cast<int8_t>(std::nearbyint(weight[i] / scales[i / inner % channels]));
  for (size_t c = 0; c < channels; c++) {
    bias_scales[c] = scales[c] * scale;
    rounded_bias[c] = static_cast<int32_t>(std::nearbyint(bias[c] / bias_scales[c]));
  }
  Weights ids;
  require(xnn_define_channelwise_quantized_tensor_value(graph, xnn_datatype_qcint8, scales.data(), dims.size(), channel,
                                                        dims.data(), rounded.data(), XNN_INVALID_VALUE_ID, 0,
                                                        &ids.weight));
  require(xnn_define_channelwise_quantized_tensor_value(graph, xnn_datatype_qcint32, bias_scales.data(), 1, 0,
                                                        &channels, rounded_bias.data(), XNN_INVALID_VALUE_ID, 0,
                                                        &ids.bias));
  return ids;
}

}  // namespace peers
