// The list of attacks, and what a refusal must look like.
#include "attacks.h"

#define ATTACKS(_)                                                                                                \
  _(conv2d, 14)                                                                                                   \
  _(conv2d_batches, 1)                                                                                            \
  _(max_pool2d, 2)                                                                                                \
  _(avg_pool2d, 2)                                                                                                \
  _(adaptive_avg_pool2d, 1)                                                                                       \
  _(zero_pad2d, 1)                                                                                                \
  _(reflection_pad2d, 1)                                                                                          \
  _(upsample_nearest2d, 1)                                                                                        \
  _(relu, 1) _(activation, 2) _(add, 1) _(copy_channels, 1) _(multiply, 1) _(bias, 1) _(dropout, 1) _(uniform, 1) \
      _(vectors, 1) _(layout, 2) _(linear, 4) _(batch_norm2d, 3) _(group_norm, 1) _(layer_norm, 1) _(softmax, 1)  \
          _(cross_entropy, 2) _(elementwise_losses, 1) _(sgd, 1) _(adam, 1) _(rmsprop, 1) _(muon, 1) _(runtime, 1)

#define DECLARE(name, weight)    \
  void attack_##name(Random* r); \
  void refuse_##name(Random* r);
ATTACKS(DECLARE)

// How many of some 50 cases each has.
#define ENTRY(name, weight) {#name, weight, attack_##name, refuse_##name},
const Attack kAttacks[] = {ATTACKS(ENTRY)};
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
