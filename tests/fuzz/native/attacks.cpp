// The list of attacks, and what a refusal must look like.
#include "attacks.h"

#define DECLARE(name) void attack_##name(Random*r), refuse_##name(Random*r)
DECLARE(conv2d);
DECLARE(conv2d_batches);
DECLARE(conv2d_int8);
DECLARE(conv2d_half);
DECLARE(max_pool2d);
DECLARE(avg_pool2d);
DECLARE(adaptive_avg_pool2d);
DECLARE(adaptive_max_pool2d);
DECLARE(zero_pad2d);
DECLARE(reflection_pad2d);
DECLARE(replication_pad2d);
DECLARE(circular_pad2d);
DECLARE(upsample_nearest2d);
DECLARE(upsample_bilinear2d);
DECLARE(relu);
DECLARE(prelu);
DECLARE(quantize);
DECLARE(cast);
DECLARE(activation);
DECLARE(add);
DECLARE(copy_channels);
DECLARE(binary);
DECLARE(broadcast);
DECLARE(strided_copy);
DECLARE(gather);
DECLARE(grid_sample);
DECLARE(deform_im2col);
DECLARE(reduction);
DECLARE(argmax);
DECLARE(bias);
DECLARE(dropout);
DECLARE(uniform);
DECLARE(vectors);
DECLARE(augment);
DECLARE(layout);
DECLARE(linear);
DECLARE(batch_norm2d);
DECLARE(group_norm);
DECLARE(layer_norm);
DECLARE(local_response_norm);
DECLARE(matmul);
DECLARE(scaled_dot_product_attention);
DECLARE(recurrent);
DECLARE(softmax);
DECLARE(cross_entropy);
DECLARE(elementwise_losses);
DECLARE(dice);
DECLARE(sgd);
DECLARE(adam);
DECLARE(rmsprop);
DECLARE(muon);
DECLARE(runtime);

// How many of some 60 cases each has.
#define ENTRY(name, weight) \
  { #name, weight, attack_##name, refuse_##name }
const Attack kAttacks[] = {
    ENTRY(conv2d, 10),
    ENTRY(conv2d_batches, 1),
    ENTRY(conv2d_int8, 4),
    ENTRY(conv2d_half, 3),
    ENTRY(max_pool2d, 2),
    ENTRY(avg_pool2d, 2),
    ENTRY(adaptive_avg_pool2d, 1),
    ENTRY(adaptive_max_pool2d, 1),
    ENTRY(zero_pad2d, 1),
    ENTRY(reflection_pad2d, 1),
    ENTRY(replication_pad2d, 1),
    ENTRY(circular_pad2d, 1),
    ENTRY(upsample_nearest2d, 1),
    ENTRY(upsample_bilinear2d, 1),
    ENTRY(relu, 1),
    ENTRY(prelu, 1),
    ENTRY(quantize, 1),
    ENTRY(cast, 1),
    ENTRY(activation, 2),
    ENTRY(add, 1),
    ENTRY(copy_channels, 1),
    ENTRY(binary, 1),
    ENTRY(broadcast, 1),
    ENTRY(strided_copy, 1),
    ENTRY(gather, 1),
    ENTRY(grid_sample, 1),
    ENTRY(deform_im2col, 1),
    ENTRY(reduction, 1),
    ENTRY(argmax, 1),
    ENTRY(bias, 1),
    ENTRY(dropout, 1),
    ENTRY(uniform, 1),
    ENTRY(vectors, 1),
    ENTRY(augment, 2),
    ENTRY(layout, 2),
    ENTRY(linear, 4),
    ENTRY(batch_norm2d, 3),
    ENTRY(group_norm, 1),
    ENTRY(layer_norm, 1),
    ENTRY(local_response_norm, 1),
    ENTRY(matmul, 1),
    ENTRY(scaled_dot_product_attention, 1),
    ENTRY(recurrent, 1),
    ENTRY(softmax, 1),
    ENTRY(cross_entropy, 2),
    ENTRY(elementwise_losses, 1),
    ENTRY(dice, 1),
    ENTRY(sgd, 1),
    ENTRY(adam, 1),
    ENTRY(rmsprop, 1),
    ENTRY(muon, 1),
    ENTRY(runtime, 1),
};
const int kAttackCount = static_cast<int>(sizeof kAttacks / sizeof *kAttacks);

void check_refusal(const char* function, const char* op, int status) {
  count_call(function, status);
  const char* message = quern_error_message();
  if (status == QUERN_OK) {
    failed(__FILE__, __LINE__, "%s was obeyed", current_call.load());
  } else if (status < QUERN_OK || status > QUERN_LIBRARY) {
    failed(__FILE__, __LINE__, "%s gave status %d", current_call.load(), status);
  } else if (std::strncmp(message, op, std::strlen(op)) != 0 || std::strstr(message, ": ") == nullptr) {
    failed(__FILE__, __LINE__, "%s says \"%s\", which does not begin with \"%s\"", current_call.load(), message, op);
  }
}
