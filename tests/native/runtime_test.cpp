// Start-up, memory and threads.
#include "check.h"
#include "conv2d_descriptor.h"
#include "guarded.h"

static void refuses_before_start() {
  constexpr const char* kText = "quern_init";
  float* f = untouchable<float>();
  auto* i = untouchable<int32_t>();
  auto* size = untouchable<int64_t>();
  auto* d = untouchable<double>();
  const quern_conv2d conv = ::conv(1, 1, 1, 1, 1, 1, 1);
  const quern_pool2d pool{1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1};
  const quern_resize2d resize{1, 1, 1, 1, 1, 1, 0, 0, 1, 1};
  const quern_linear linear{1, 1, 1, 1, 0};
  const quern_cross_entropy ce{1, 1, 0, 0, -100, 0};
  const quern_sgd sgd{0, 0, 0, 0, 0};
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_nchw_to_nhwc(QUERN_F32, 1, 1, 1, 1, f, f, 1));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_nhwc_to_nchw(QUERN_F32, 1, 1, 1, 1, f, 1, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText,
                quern_images(QUERN_F32, 1, 1, 1, 1, untouchable<unsigned char>(), nullptr, f, f, f, 1));
  const quern_augment augment{1, 3, 4, 5, 0, 0};
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_augment_workspace(&augment, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_augment_apply(&augment, nullptr, i, f, f, f, 0, f, 100));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_conv2d_accepts(&conv, QUERN_FORWARD, 0));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_conv2d_packed_size(&conv, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_conv2d_pack(&conv, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_conv2d_workspace(&conv, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_conv2d_forward(&conv, f, f, f, nullptr, f, f, 100));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_conv2d_backward_data(&conv, f, f, f, f, 100));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_conv2d_backward_weights(&conv, f, f, f, f, f, 100));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_max_pool2d_forward(&pool, f, f, i));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_max_pool2d_backward(&pool, f, i, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_avg_pool2d_forward(&pool, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_avg_pool2d_backward(&pool, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_adaptive_avg_pool2d_forward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_adaptive_avg_pool2d_backward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_zero_pad2d_forward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_zero_pad2d_backward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_crop2d(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_reflection_pad2d_forward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_reflection_pad2d_backward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_adaptive_max_pool2d_forward(&resize, f, f, i));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_adaptive_max_pool2d_backward(&resize, f, i, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_replication_pad2d_forward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_replication_pad2d_backward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_circular_pad2d_forward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_circular_pad2d_backward(&resize, f, f));
  const quern_grid_sample sample{1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 0};
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_grid_sample_forward(&sample, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_grid_sample_backward(&sample, f, f, f, f, f));
  const quern_deform_im2col deform{1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0};
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_deform_im2col_forward(&deform, f, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_deform_im2col_backward(&deform, f, f, f, f, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_upsample_bilinear2d_forward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_upsample_bilinear2d_backward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_prelu_workspace(1, 1, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_prelu_forward(QUERN_F32, 1, 1, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_prelu_backward(QUERN_F32, 1, 1, f, f, f, f, f, f, 512));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_upsample_nearest2d_forward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_upsample_nearest2d_backward(&resize, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText,
                quern_broadcast_forward(0, QUERN_F32, 1, size, size, size, size, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText,
                quern_broadcast_backward(0, QUERN_F32, 1, size, size, size, size, f, f, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_binary_forward(0, QUERN_F32, 1, 1, 1, 1, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_binary_backward(0, QUERN_F32, 1, 1, 1, 1, f, f, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_strided_copy(QUERN_F32, 1, size, size, size, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_gather(QUERN_F32, 1, size, size, size, 0, 1, i, nullptr, f, f));
  const quern_local_response_norm lrn{1, 1, 1, 1, 1, 1, QUERN_F32};
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_local_response_norm_workspace(&lrn, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_local_response_norm_forward(&lrn, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_local_response_norm_backward(&lrn, f, f, f, f, 4));
  const quern_matmul matmul{1, 1, 1, 1, QUERN_F32};
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_matmul_forward(&matmul, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_matmul_backward(&matmul, f, f, f, f, f));
  const quern_scaled_dot_product_attention attention{1, 1, 1, 1, 1, 1, 1, 0, 0, 0, QUERN_F32};
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_scaled_dot_product_attention_workspace(&attention, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText,
                quern_scaled_dot_product_attention_forward(&attention, f, f, f, f, f, f, f, 512));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText,
                quern_scaled_dot_product_attention_backward(&attention, f, f, f, f, f, f, f, f, f, f, f, 512));
  const quern_recurrent recurrent{QUERN_LSTM, 1, 1, 1, 1, 0, 0, 0, QUERN_F32};
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_recurrent_packed_size(&recurrent, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_recurrent_pack(&recurrent, 0, f, f, f, f, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_recurrent_saved_size(&recurrent, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_recurrent_forward(&recurrent, f, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_recurrent_workspace(&recurrent, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_recurrent_backward(&recurrent, f, f, f, f, f, 512));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText,
                quern_recurrent_backward_weights(&recurrent, 0, f, f, f, f, f, f, f, f, f, 512));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_argmax(QUERN_AMAX, 0, QUERN_F32, 1, size, size, size, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_reduction_forward(0, QUERN_F32, 1, size, size, size, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_reduction_backward(0, QUERN_F32, 1, size, size, size, f, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_add_bias(QUERN_F32, 1, 1, f, f, 1));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_column_sums_workspace(1, 1, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_column_sums(QUERN_F32, 1, 1, f, 1, f, f, 100));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_relu_forward(QUERN_F32, 1, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_relu_backward(QUERN_F32, 1, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_linear_packed_size(&linear, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_linear_pack(&linear, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_linear_workspace(&linear, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_linear_forward(&linear, f, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_linear_backward_data(&linear, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_linear_backward_weights(&linear, f, f, f, f, f, 100));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_softmax_forward(QUERN_F32, 1, 1, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_softmax_backward(QUERN_F32, 1, 1, f, f, f));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_cross_entropy_loss(&ce, f, i, f, f, d, d));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_count_correct(1, 1, -100, f, i, size));
  CHECK_REFUSED(QUERN_NOT_INITIALIZED, kText, quern_sgd_step(&sgd, 1, f, f, f));
}

static void refuses_to_start() {
  const char* openblas = std::getenv("QUERN_TEST_OPENBLAS");
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_init(nullptr, nullptr));
  CHECK_REFUSED(QUERN_LIBRARY, "cannot be loaded", quern_init("/nowhere/libopenblas.so.0", nullptr));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "not one of", quern_init(openblas, "mmx"));
  CHECK_REFUSED(QUERN_UNSUPPORTED, "not one of", quern_init(openblas, "AVX2"));
  CHECK(std::strcmp(quern_openblas_config(), "") == 0 && std::strcmp(quern_openblas_core(), "") == 0);
}

#if defined(_WIN32)
constexpr char kAvx512Core[] = "Haswell";
#else
constexpr char kAvx512Core[] = "SkylakeX";
#endif

// OpenBLAS's kernels go with ours.
static const char* core_of(const char* isa) {
  if (std::strncmp(isa, "avx512", 6) == 0 || std::strcmp(isa, "amx") == 0) return kAvx512Core;
  if (std::strcmp(isa, "avx2") == 0 || std::strcmp(isa, "avx_vnni") == 0) return "Haswell";
  return std::strcmp(isa, "baseline") == 0 ? "Nehalem" : nullptr;
}

static void says_what_it_runs_on() {
  CHECK(std::strncmp(quern_openblas_config(), "OpenBLAS 0.3.31", 15) == 0);
  CHECK(std::strlen(quern_openblas_core()) > 0);
  CHECK(std::strcmp(quern_isa(), "none") != 0);
  const char* forced = std::getenv("QUERN_ISA");
  const char* core = forced == nullptr ? nullptr : core_of(forced);
  if (core != nullptr) CHECK(std::strcmp(quern_openblas_core(), core) == 0);
  if (forced != nullptr) CHECK(std::strstr(quern_isa_reason(), "forced") != nullptr);
  CHECK(std::strlen(quern_version()) > 0);
  CHECK(std::strlen(quern_libc()) > 0);
  CHECK_OK(quern_init("/nowhere", "mmx"));  // a later call returns the first one's result
}

static void allocates_aligned_zeroed_memory() {
  int64_t at = 0;
  CHECK_OK(quern_alloc(1000, &at));
  CHECK(at != 0 && at % 64 == 0);
  for (int i = 0; i < 1000; i++) CHECK(reinterpret_cast<char*>(at)[i] == 0);
  quern_free(at);
  CHECK_OK(quern_alloc(0, &at));
  CHECK(at != 0);
  quern_free(at);
  quern_free(0);
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "pointer is null", quern_alloc(1, nullptr));
  for (int64_t bad : {int64_t{-1}, INT64_MIN, (int64_t{1} << 55) + 1, INT64_MAX}) {
    CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "bytes is outside", quern_alloc(bad, &at));
  }
  CHECK_REFUSED(QUERN_OUT_OF_MEMORY, "could not allocate", quern_alloc(int64_t{1} << 54, &at));
}

static void bounds_threads() {
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "outside [1, 64]", quern_set_threads(0));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "outside [1, 64]", quern_set_threads(65));
  CHECK_REFUSED(QUERN_INVALID_ARGUMENT, "outside [1, 64]", quern_set_threads(INT32_MIN));
  for (int threads : {64, 1, 3}) {
    CHECK_OK(quern_set_threads(threads));
    CHECK(quern_threads() == threads);
  }
}

int main() {
  refuses_before_start();
  refuses_to_start();
  start();
  says_what_it_runs_on();
  allocates_aligned_zeroed_memory();
  bounds_threads();
  return finish();
}
