// Types, orders and pitches that nothing computes: each place that names one refuses it.
#include "activation_named.h"
#include "conv2d_descriptor.h"
#include "guarded.h"

namespace {

constexpr int64_t kUnknown[] = {-1, 6, 99, INT32_MAX, INT64_MIN, INT64_MAX};

// call(value) names a type, in a field or an argument of that name.
template <typename Call>
void types(const char* op, const char* field, Call&& call) {
  for (int64_t value : kUnknown) {
    char text[96];
    std::snprintf(text, sizeof text, "%s: %s %lld is not a quern_type", op, field, static_cast<long long>(value));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, call(value));
  }
}

// Besides, bytes are known and not computed there.
template <typename Call>
void floats(const char* op, const char* field, Call&& call) {
  types(op, field, call);
  for (int64_t value : {QUERN_U8, QUERN_S8, QUERN_S16})
    CHECK_REFUSED(QUERN_UNSUPPORTED, "is not supported", call(value));
}

// call(value) names an order, of which the first alone is computed.
template <typename Call>
void orders(const char* op, const char* field, Call&& call) {
  for (int64_t value : {int64_t{-1}, int64_t{2}, INT64_MIN, INT64_MAX}) {
    char text[96];
    std::snprintf(text, sizeof text, "%s: %s %lld is not a quern_order", op, field, static_cast<long long>(value));
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, text, call(value));
  }
  char text[96];
  std::snprintf(text, sizeof text, "%s: %s 1 (NCHW) is not supported", op, field);
  CHECK_REFUSED(QUERN_UNSUPPORTED, text, call(QUERN_NCHW));
}

// The status of call(d) for a descriptor of which one field is changed.
template <typename D, typename Call>
auto changed(D d, int64_t D::*field, Call&& call) {
  return [=](int64_t value) {
    D other = d;
    other.*field = value;
    return call(other);
  };
}

float* const f = untouchable<float>();

void arguments() {
  floats("relu", "type", [](int64_t t) { return quern_relu_forward(t, 1, f, f); });
  floats("relu", "type", [](int64_t t) { return quern_relu_backward(t, 1, f, f, f); });
  floats("add", "type", [](int64_t t) { return quern_add(t, 1, f, f, f); });
  types("concat", "type", [](int64_t t) { return quern_copy_channels(t, 1, 1, f, 1, f, 1); });
  floats("compare", "type", [](int64_t t) {
    const int64_t one[] = {1};
    return quern_broadcast_forward(QUERN_LESS, t, 1, one, one, one, one, f, f, f);
  });
  floats("where", "type", [](int64_t t) {
    const int64_t one[] = {1};
    return quern_broadcast_backward(QUERN_WHEN, t, 1, one, one, one, one, f, f, f, f, f);
  });
  floats("prelu", "type", [](int64_t t) { return quern_prelu_forward(t, 1, 1, f, f, f); });
  floats("prelu", "type", [](int64_t t) { return quern_prelu_backward(t, 1, 1, f, f, f, f, f, f, 512); });
  floats("divide", "type", [](int64_t t) { return quern_binary_forward(QUERN_DIVIDE, t, 1, 1, 1, 1, f, f, f); });
  floats("divide", "type", [](int64_t t) { return quern_binary_backward(QUERN_DIVIDE, t, 1, 1, 1, 1, f, f, f, f, f); });
  floats("strided_copy", "type", [](int64_t t) {
    const int64_t one[] = {1};
    return quern_strided_copy(t, 1, one, one, one, f, f);
  });
  floats("gather", "type", [](int64_t t) {
    const int64_t one[] = {1};
    return quern_gather(t, 1, one, one, one, 0, 1, untouchable<int32_t>(), nullptr, f, f);
  });
  floats("argmax", "type", [](int64_t t) {
    const int64_t one[] = {1};
    return quern_argmax(QUERN_AMAX, 0, t, 1, one, one, one, f, f);
  });
  floats("sum", "type", [](int64_t t) {
    const int64_t one[] = {1};
    return quern_reduction_forward(QUERN_SUM, t, 1, one, one, one, f, f);
  });
  floats("prod", "type", [](int64_t t) {
    const int64_t one[] = {1};
    return quern_reduction_backward(QUERN_PROD, t, 1, one, one, one, f, f, f, f);
  });
  floats("softmax", "type", [](int64_t t) { return quern_softmax_forward(t, 1, 1, f, f); });
  floats("softmax", "type", [](int64_t t) { return quern_softmax_backward(t, 1, 1, f, f, f); });
  floats("log_softmax", "type", [](int64_t t) { return quern_log_softmax_forward(t, 1, 1, f, f); });
  floats("log_softmax", "type", [](int64_t t) { return quern_log_softmax_backward(t, 1, 1, f, f, f); });
  floats("add_bias", "type", [](int64_t t) { return quern_add_bias(t, 1, 1, f, f, 1); });
  floats("column_sums", "type", [](int64_t t) { return quern_column_sums(t, 1, 1, f, 1, f, f, 64); });
  floats("nchw_to_nhwc", "type", [](int64_t t) { return quern_nchw_to_nhwc(t, 1, 1, 1, 1, f, f, 1); });
  floats("nhwc_to_nchw", "type", [](int64_t t) { return quern_nhwc_to_nchw(t, 1, 1, 1, 1, f, 1, f); });
  floats("images", "type",
         [](int64_t t) { return quern_images(t, 1, 1, 1, 1, untouchable<unsigned char>(), nullptr, f, f, f, 1); });
}

void single_types() {
  using Augment = quern_augment;
  floats("augment", "type", changed(Augment{1, 3, 4, 5, 1, 0}, &Augment::type, [](const Augment& d) {
           return quern_augment_workspace(&d, untouchable<int64_t>());
         }));
  using Activation = quern_activation;
  floats("silu", "type", changed(activation_named("silu"), &Activation::type, [](const Activation& d) {
           return quern_activation_forward(&d, 1, f, f);
         }));
  using Dropout = quern_dropout;
  floats("dropout", "type", changed(Dropout{1, 2, 3, 0, 0.5, 1}, &Dropout::type, [](const Dropout& d) {
           return quern_dropout_apply(&d, f, f);
         }));
  using BatchNorm = quern_batch_norm2d;
  int64_t bytes = 0;
  floats("batch_norm2d", "type", changed(BatchNorm{4, 2, 0.1, 1e-5, 1, 0}, &BatchNorm::type, [&](const BatchNorm& d) {
           return quern_batch_norm2d_workspace(&d, &bytes);
         }));
  floats("batch_norm2d", "saved_type",
         changed(BatchNorm{4, 2, 0.1, 1e-5, 1, 0}, &BatchNorm::saved_type,
                 [&](const BatchNorm& d) { return quern_batch_norm2d_workspace(&d, &bytes); }));
  floats("batch_norm2d", "diff_src_type",
         changed(BatchNorm{4, 2, 0.1, 1e-5, 1, 0}, &BatchNorm::diff_src_type,
                 [&](const BatchNorm& d) { return quern_batch_norm2d_workspace(&d, &bytes); }));
  floats("batch_norm2d", "diff_dst_type",
         changed(BatchNorm{4, 2, 0.1, 1e-5, 1, 0}, &BatchNorm::diff_dst_type,
                 [&](const BatchNorm& d) { return quern_batch_norm2d_workspace(&d, &bytes); }));
  using GroupNorm = quern_group_norm;
  floats("group_norm", "type", changed(GroupNorm{1, 1, 6, 2, 0}, &GroupNorm::type, [&](const GroupNorm& d) {
           return quern_group_norm_workspace(&d, &bytes);
         }));
  using LayerNorm = quern_layer_norm;
  floats("layer_norm", "type", changed(LayerNorm{1, 4, 0}, &LayerNorm::type, [](const LayerNorm& d) {
           return quern_layer_norm_forward(&d, f, f, f, f, untouchable<double>());
         }));
  using LocalNorm = quern_local_response_norm;
  floats("local_response_norm", "type",
         changed(LocalNorm{1, 4, 3, 1, 1, 1, 0}, &LocalNorm::type,
                 [](const LocalNorm& d) { return quern_local_response_norm_forward(&d, f, f); }));
  using Matmul = quern_matmul;
  floats("matmul", "type", changed(Matmul{1, 2, 3, 4, 0}, &Matmul::type, [](const Matmul& d) {
           return quern_matmul_forward(&d, f, f, f);
         }));
  using Attention = quern_scaled_dot_product_attention;
  floats("scaled_dot_product_attention", "type",
         changed(Attention{1, 2, 3, 4, 5, 6, 1, 0, 0, 0, 0}, &Attention::type,
                 [&](const Attention& d) { return quern_scaled_dot_product_attention_workspace(&d, &bytes); }));
  using Recurrent = quern_recurrent;
  floats("recurrent", "type", changed(Recurrent{2, 1, 2, 3, 4, 0, 0, 0, 0}, &Recurrent::type, [&](const Recurrent& d) {
           return quern_recurrent_packed_size(&d, &bytes);
         }));
  using Linear = quern_linear;
  const auto linear = [&](const Linear& d) { return quern_linear_packed_size(&d, &bytes); };
  floats("linear", "src_type", changed(Linear{2, 12, 3, 4, 0}, &Linear::src_type, linear));
  floats("linear", "weights_type", changed(Linear{2, 12, 3, 4, 0}, &Linear::weights_type, linear));
  floats("linear", "dst_type", changed(Linear{2, 12, 3, 4, 0}, &Linear::dst_type, linear));
}

void images() {
  using Pool = quern_pool2d;
  const Pool pool{1, 2, 4, 4, 2, 2, 2, 2, 0, 0, 0, 0, 1, 1, 0, 0, 2, 2};
  const auto max = [](const Pool& d) { return quern_max_pool2d_forward(&d, f, f, nullptr); };
  types("max_pool2d", "src_type", changed(pool, &Pool::src_type, max));
  types("max_pool2d", "dst_type", changed(pool, &Pool::dst_type, max));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "is not supported", changed(pool, &Pool::src_type, max)(QUERN_U8));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "is not supported", changed(pool, &Pool::dst_type, max)(QUERN_U8));
  orders("max_pool2d", "src_order", changed(pool, &Pool::src_order, max));
  orders("max_pool2d", "dst_order", changed(pool, &Pool::dst_order, max));
  using Sample = quern_grid_sample;
  const Sample sample{1, 2, 4, 4, 4, 4, 0, 0, 0, 2, 2, 0, 0};
  const auto sampled = [](const Sample& d) { return quern_grid_sample_forward(&d, f, f, f); };
  floats("grid_sample", "type", changed(sample, &Sample::type, sampled));
  orders("grid_sample", "order", changed(sample, &Sample::order, sampled));
  using Deform = quern_deform_im2col;
  const Deform deform{1, 2, 4, 4, 3, 3, 1, 1, 0, 0, 1, 1, 1, 2, 0, 0};
  const auto columns = [](const Deform& d) { return quern_deform_im2col_forward(&d, f, f, f, f); };
  floats("deform_im2col", "type", changed(deform, &Deform::type, columns));
  orders("deform_im2col", "order", changed(deform, &Deform::order, columns));
  using Resize = quern_resize2d;
  const Resize resize{1, 2, 4, 4, 4, 4, 0, 0, 2, 2};
  const auto pad = [](const Resize& d) { return quern_zero_pad2d_forward(&d, f, f); };
  floats("zero_pad2d", "src_type", changed(resize, &Resize::src_type, pad));
  floats("zero_pad2d", "dst_type", changed(resize, &Resize::dst_type, pad));
  orders("zero_pad2d", "src_order", changed(resize, &Resize::src_order, pad));
  orders("zero_pad2d", "dst_order", changed(resize, &Resize::dst_order, pad));
}

void convolutions() {
  using Conv = quern_conv2d;
  Conv conv = ::conv(1, 3, 4, 4, 4, 3, 3);
  int64_t bytes = 0;
  const auto size = [&](const Conv& d) { return quern_conv2d_workspace(&d, &bytes); };
  types("conv2d", "src_type", changed(conv, &Conv::src_type, size));
  types("conv2d", "weights_type", changed(conv, &Conv::weights_type, size));
  types("conv2d", "dst_type", changed(conv, &Conv::dst_type, size));
  floats("conv2d", "saved_type", changed(conv, &Conv::saved_type, size));
  floats("conv2d", "diff_src_type", changed(conv, &Conv::diff_src_type, size));
  floats("conv2d", "diff_dst_type", changed(conv, &Conv::diff_dst_type, size));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "no implementation", changed(conv, &Conv::src_type, size)(QUERN_U8));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "no implementation", changed(conv, &Conv::dst_type, size)(QUERN_U8));
  orders("conv2d", "dst_order", changed(conv, &Conv::dst_order, size));
  conv.src_order = QUERN_NCHW;
  for (int64_t pitch : {int64_t{0}, int64_t{3}, INT64_MAX}) {
    conv.src_pitch = pitch;
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "conv2d: src_pitch", size(conv));
  }
  conv.src_pitch = 1;
  CHECK_OK(size(conv));
  conv.src_order = 2;
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "conv2d: src_order 2 is not a quern_order", size(conv));
}

}  // namespace

int main() {
  start();
  arguments();
  single_types();
  images();
  convolutions();
  return finish();
}
