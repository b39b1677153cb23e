// The little that the native tests need: checks that count and say where, and start-up.
#pragma once

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "quern.h"

inline int failures = 0;

#define CHECK(condition)                                          \
  do {                                                            \
    if (!(condition)) {                                           \
      std::printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      failures++;                                                 \
    }                                                             \
  } while (0)

// A call that must succeed.
#define CHECK_OK(call)                                                                  \
  do {                                                                                  \
    if ((call) != QUERN_OK) {                                                           \
      std::printf("%s:%d: %s: %s\n", __FILE__, __LINE__, #call, quern_error_message()); \
      failures++;                                                                       \
    }                                                                                   \
  } while (0)

// A call that must be refused with this status and a message that holds this text.
#define CHECK_REFUSED(status, text, call)                                                             \
  do {                                                                                                \
    const int got_ = (call);                                                                          \
    if (got_ != (status) || std::strstr(quern_error_message(), text) == nullptr) {                    \
      std::printf("%s:%d: %s gave %d: %s\n", __FILE__, __LINE__, #call, got_, quern_error_message()); \
      failures++;                                                                                     \
    }                                                                                                 \
  } while (0)

inline void start() {
  if (quern_init(std::getenv("QUERN_TEST_OPENBLAS"), std::getenv("QUERN_ISA")) != QUERN_OK) {
    std::printf("quern_init: %s\n", quern_error_message());
    std::exit(1);
  }
}

inline int finish() {
  std::printf("%d failed\n", failures);
  return failures == 0 ? 0 : 1;
}
