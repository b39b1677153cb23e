#include "onednn/model.h"

namespace peers {

using dnnl::algorithm;
using dnnl::memory;
using dnnl::primitive_attr;
using dnnl::prop_kind;
using Form = memory::desc;
using Tag = memory::format_tag;
using Type = memory::data_type;

namespace {
constexpr int kScales = DNNL_ARG_ATTR_SCALES;
constexpr float kSigned = 127, kUnsigned = 255;

/** Rounds weights to signed bytes, one channel after the other, and gives their scales. */
Floats round_weights(Floats& weight, int channels) {
  size_t terms = weight.size() / channels;
  Floats scales;
  for (int c = 0; c < channels; c++) {
    float* w = weight.data() + c * terms;
    scales.push_back(std::max(largest(w, terms) / kSigned, 1e-30f));
    for (size_t i = 0; i < terms; i++) w[i] = std::nearbyint(w[i] / scales.back());
  }
  return scales;
}
}  // namespace

Model::Model(const std::vector<Operator>& operators, int batch_, Floats& images, bool bf16_, const Floats& ranges,
             const Watcher& watcher)
    : int8(!ranges.empty()), bf16(bf16_), batch(batch_), format(int8 ? Tag::nhwc : Tag::any) {
  std::vector<int> readers(operators.size());
  for (const Operator& o : operators)
    for (int in : o.inputs) readers[in]++;
  for (size_t i = 0; i < operators.size(); i++) {
    const Operator& o = operators[i];
    size_t begin = steps.size();
    add(o, int8 ? ranges[i] : 0, i + 1 == operators.size(), images);
    values.back().readers = readers[i];
    if (watcher) watch(o, begin, watcher);
    for (int in : o.inputs) {
      Value& v = values[in];
      bool overwritten = v.memory.get_data_handle() == values.back().memory.get_data_handle();
      if (--v.readers == 0 && !overwritten) memories.give_back(v.memory);
    }
  }
}

void Model::run() {
  for (auto& [primitive, arguments] : steps) primitive.execute(queue, arguments);
  queue.wait();
}

memory::dims Model::dims(const Operator& o) const {
  if (o.type == "linear") return {batch, o.channels};
  return {batch, o.channels, o.height, o.width};
}

Type Model::type(const Operator& o, bool last) const {
  if (last) return Type::f32;
  if (!int8) return bf16 ? Type::bf16 : Type::f32;
  return o.relu ? Type::u8 : Type::s8;
}

void Model::add(const Operator& o, float range, bool last, Floats& images) {
  Type made = type(o, last);
  float scale = !int8 || last ? 1 : std::max(range, 1e-30f) / (made == Type::u8 ? kUnsigned : kSigned);
  if (o.type == "input") {
    memory given({dims(o), Type::f32, Tag::nchw}, cpu, images.data());
    values.push_back({made == Type::f32 ? given : reordered(given, Form(dims(o), made, Tag::nhwc), scale), scale, 0});
  } else if (o.type == "maxpool" || o.type == "mean") {
    values.push_back(pool(o));
  } else if (o.weighted()) {
    values.push_back(weighted(o, scale, last));
  } else {
    throw std::runtime_error("no operator " + o.type);
  }
}

memory Model::reordered(const memory& from, const Form& form, float scale) {
  primitive_attr attributes;
  memory to = memories.take(form);
  Arguments arguments{{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}};
  if (scale != 1) {
    attributes.set_scales_mask(DNNL_ARG_DST, 0);
    arguments[kScales | DNNL_ARG_DST] = vector_of({scale});
  }
  steps.push_back({dnnl::reorder(dnnl::reorder::primitive_desc(from, to, attributes)), arguments});
  return to;
}

/** Keeps scale and type. */
Model::Value Model::pool(const Operator& o) {
  const Value& x = values[o.inputs[0]];
  Form in = x.memory.get_desc();
  bool max = o.type == "maxpool";
  memory::dims whole{in.get_dims()[2], in.get_dims()[3]}, none{0, 0};
  memory::dims kernel = max ? memory::dims{o.kernel[0], o.kernel[1]} : whole;
  memory::dims stride = max ? memory::dims{o.stride[0], o.stride[1]} : whole;
  memory::dims padding = max ? memory::dims{o.padding[0], o.padding[1]} : none;
  dnnl::pooling_forward::primitive_desc description(
      cpu, prop_kind::forward_inference, max ? algorithm::pooling_max : algorithm::pooling_avg_exclude_padding, in,
      Form(dims(o), in.get_data_type(), format), stride, kernel, none, padding, padding);
  memory y = memories.take(description.dst_desc());
  steps.push_back({dnnl::pooling_forward(description), {{DNNL_ARG_SRC, x.memory}, {DNNL_ARG_DST, y}}});
  return {y, x.scale, 0};
}

/** The convolution's result goes where the value lies that it is added to. */
void Model::sum(const Operator& o, dnnl::post_ops& post, Form& form, memory& to) {
  const Value& added = values[o.inputs[1]];
  if (added.readers != 1 || o.inputs[1] == 0) throw std::runtime_error("a value is read again after it was added to");
  if (!int8) form = added.memory.get_desc();
  post.append_sum(added.scale, 0, added.memory.get_desc().get_data_type());
  to = memory(form, cpu, added.memory.get_data_handle());
}

Model::Value Model::weighted(const Operator& o, float scale, bool last) {
  const Value& x = values[o.inputs[0]];
  bool conv = o.type == "conv", first = o.inputs[0] == 0;
  memory::dims in = x.memory.get_desc().get_dims(), weight_dims = in;
  weight_dims[0] = o.channels;
  if (conv) {
    memory::dim g = o.groups, n = o.channels, c = in[1] / g, h = o.kernel[0], w = o.kernel[1];
    weight_dims = g > 1 ? memory::dims{g, n / g, c, h, w} : memory::dims{n, c, h, w};
  }
  Form src(in, x.memory.get_desc().get_data_type(), conv && !first ? format : Tag::any);
  Form weights(weight_dims,
               int8   ? Type::s8
               : bf16 ? Type::bf16
                      : Type::f32,
               Tag::any),
      bias({o.channels}, Type::f32, Tag::x);
  Form dst(dims(o), type(o, last), conv ? format : Tag::nc);
  Arguments arguments;
  primitive_attr attributes;
  dnnl::post_ops post;
  memory to;
  if (o.inputs.size() > 1) sum(o, post, dst, to);
  if (o.relu) post.append_eltwise(algorithm::eltwise_relu, 0, 0);
  attributes.set_post_ops(post);
  Floats rounded = o.weight;
  if (int8) {
    auto scales = [&](int argument, int mask, const Floats& of) {
      attributes.set_scales_mask(argument, mask);
      arguments[kScales | argument] = vector_of(of);
    };
    scales(DNNL_ARG_SRC, 0, {x.scale});
    scales(DNNL_ARG_WEIGHTS, weight_dims.size() == 5 ? 3 : 1, round_weights(rounded, o.channels));
    if (!last) scales(DNNL_ARG_DST, 0, {scale});
  }
  if (conv) {
    memory::dims stride{o.stride[0], o.stride[1]}, padding{o.padding[0], o.padding[1]};
    step(dnnl::convolution_forward::primitive_desc(cpu, prop_kind::forward_inference, algorithm::convolution_direct,
                                                   src, weights, bias, dst, stride, padding, padding, attributes),
         weight_dims, rounded, o, arguments, to);
  } else {
    step(dnnl::inner_product_forward::primitive_desc(cpu, prop_kind::forward_inference, src, weights, bias, dst,
                                                     attributes),
         weight_dims, rounded, o, arguments, to);
  }
  return {to, scale, 0};
}

/** Puts input and weights into the forms that the primitive wants, the weights once. */
template <class Description>
void Model::step(const Description& description, const memory::dims& dims, const Floats& weight, const Operator& o,
                 Arguments arguments, memory& to) {
  memory x = values[o.inputs[0]].memory;
  bool as_is = description.src_desc() == x.get_desc();
  memory from = as_is ? x : reordered(x, description.src_desc(), 1);
  Tag plain = dims.size() == 5 ? Tag::goihw : dims.size() == 4 ? Tag::oihw : Tag::oi;
  memory packed(description.weights_desc(), cpu);
  convert(memory({dims, Type::f32, plain}, cpu, const_cast<float*>(weight.data())), packed);
  if (!to) to = memories.take(description.dst_desc());
  arguments.insert(
      {{DNNL_ARG_SRC, from}, {DNNL_ARG_WEIGHTS, packed}, {DNNL_ARG_BIAS, vector_of(o.bias)}, {DNNL_ARG_DST, to}});
  steps.push_back({dnnl::primitive(description), arguments});
  if (!as_is) memories.give_back(from);
}

void Model::watch(const Operator& o, size_t begin, const Watcher& watcher) {
  for (size_t i = begin; i < steps.size(); i++) steps[i].first.execute(queue, steps[i].second);
  memory plain({dims(o), Type::f32, o.type == "linear" ? Tag::nc : Tag::nchw}, cpu);
  convert(values.back().memory, plain);
  watcher(static_cast<const float*>(plain.get_data_handle()), plain.get_desc().get_size() / sizeof(float));
}

}  // namespace peers
