#include "xnnpack/model.h"

namespace peers {

Model::Model(const Network& network, int batch_, const Floats& ranges, bool all, pthreadpool_t pool)
    : operators(network.operators),
      batch(batch_),
      largest_values(ranges),
      tensors(static_cast<uint32_t>(operators.size() + 1)) {
  const Operator& in = operators[0];
  Floats& images = outputs.emplace_back(transposed(network.images, batch, in.channels, in.height * in.width));
  images.resize(images.size() + XNN_EXTRA_BYTES);
  externals.push_back({0, images.data()});
  uint32_t given = tensors.floats(dims(in), 0, XNN_VALUE_FLAG_EXTERNAL_INPUT);
  for (size_t i = 0; i < operators.size(); i++) {
    bool last = i + 1 == operators.size();
    values.push_back(value(i, given, last || all));
    if (i > 0) add(i, values[i]);
    if (last && !ranges.empty()) convert(values[i], external(i));
  }
  require(xnn_create_runtime_v3(tensors.graph, nullptr, pool, 0, &runtime));
  require(xnn_reshape_runtime(runtime));
  require(xnn_setup_runtime_v2(runtime, externals.size(), externals.data()));
}

Floats Model::ranges() const {
  Floats all;
  for (const Floats& values_of : outputs) all.push_back(largest(values_of.data(), values_of.size()));
  return all;
}

Sizes Model::dims(const Operator& o) const {
  size_t c = o.channels, h = o.height, w = o.width;
  return o.type == "linear" ? Sizes{batch, c} : Sizes{batch, h, w, c};
}

/** A tensor of floats that is seen afterwards. */
uint32_t Model::external(size_t i) {
  const Operator& o = operators[i];
  Floats& out = outputs.emplace_back(batch * o.outputs() + XNN_EXTRA_BYTES);
  externals.push_back({static_cast<uint32_t>(i), out.data()});
  return tensors.floats(dims(o), static_cast<uint32_t>(i), XNN_VALUE_FLAG_EXTERNAL_OUTPUT);
}

void Model::convert(uint32_t from, uint32_t to) {
  require(xnn_define_unary(tensors.graph, xnn_unary_convert, nullptr, from, to, 0));
}

/** The tensor that an operator writes; pools keep the scale. */
uint32_t Model::value(size_t i, uint32_t images, bool seen) {
  const Operator& o = operators[i];
  if (largest_values.empty()) {
    scales.push_back(0);
    return i == 0 ? images : seen ? external(i) : tensors.floats(dims(o));
  }
  bool pool = o.type == "maxpool" || o.type == "mean";
  bool positive = pool ? operators[o.inputs[0]].relu : o.relu;
  float scale = std::max(largest_values[i], 1e-30f) / (positive ? 255 : 127);
  scales.push_back(pool ? scales[o.inputs[0]] : scale);
  uint32_t made = tensors.bytes(dims(o), scales.back(), positive);
  if (i == 0) convert(images, made);
  return made;
}

void Model::add(size_t i, uint32_t to) {
  const Operator& o = operators[i];
  const Operator& in = operators[o.inputs[0]];
  uint32_t from = values[o.inputs[0]];
  float scale = scales[o.inputs[0]], least = o.relu ? 0 : -INFINITY;
  if (o.type == "conv") {
    conv(o, in, scale, from, to);
  } else if (o.type == "maxpool") {
    uint32_t h = o.padding[0], w = o.padding[1];
    require(xnn_define_max_pooling_2d(tensors.graph, h, w, h, w, o.kernel[0], o.kernel[1], o.stride[0], o.stride[1], 1,
                                      1, least, INFINITY, from, to, 0));
  } else if (o.type == "mean") {
    const size_t axes[] = {1, 2};
    require(xnn_define_static_reduce(tensors.graph, xnn_reduce_mean, 2, axes, from, to, XNN_FLAG_KEEP_DIMS));
  } else if (o.type == "linear") {
    size_t n = o.channels;
    Floats channels_last = transposed(o.weight, n, in.channels, in.height * in.width);
    auto [weight, bias] = tensors.weights({n, static_cast<size_t>(in.outputs())}, 0, channels_last, o.bias, scale);
    require(xnn_define_fully_connected(tensors.graph, least, INFINITY, from, weight, bias, to,
                                       XNN_FLAG_TENSORFLOW_RESHAPE_2D));
  } else if (o.type == "add") {
    xnn_binary_params bounds{least, INFINITY};
    require(xnn_define_binary(tensors.graph, xnn_binary_add, &bounds, from, values[o.inputs[1]], to, 0));
  } else {
    throw std::runtime_error("no operator " + o.type);
  }
}

void Model::conv(const Operator& o, const Operator& in, float scale, uint32_t from, uint32_t to) {
  size_t n = o.channels, kh = o.kernel[0], kw = o.kernel[1], groups = o.groups, c = in.channels / groups;
  uint32_t h = o.padding[0], w = o.padding[1], down = o.stride[0], across = o.stride[1];
  float least = o.relu ? 0 : -INFINITY;
  if (groups > 1 && c == 1 && groups == n) {
    Floats last = transposed(o.weight, 1, n, kh * kw);
    auto [weight, bias] = tensors.weights({1, kh, kw, n}, 3, last, o.bias, scale);
    require(xnn_define_depthwise_convolution_2d(tensors.graph, h, w, h, w, kh, kw, down, across, 1, 1, 1, n, least,
                                                INFINITY, from, weight, bias, to, 0));
  } else {
    Floats last = transposed(o.weight, n, c, kh * kw);
    auto [weight, bias] = tensors.weights({n, kh, kw, c}, 0, last, o.bias, scale);
    require(xnn_define_convolution_2d(tensors.graph, h, w, h, w, kh, kw, down, across, 1, 1, groups, c, n / groups,
                                      least, INFINITY, from, weight, bias, to, 0));
  }
}

}  // namespace peers
