// The little that the native tests need: checks that count and say where, start-up, and the end.
//
// QUERN_TEST_FULL=true asks for the full suite: more sizes and seeds of cases that the short suite has one of.
#pragma once

#include <atomic>
#include <cmath>
#include <csignal>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "quern.h"

// CTest's SKIP_RETURN_CODE: this CPU lacks the instruction set that QUERN_ISA asks for.
constexpr int kSkipped = 77;

inline std::atomic<int> failures{0};
inline thread_local char current_case[480] = "";

// The last one named, for a crash of a thread that has named none.
inline std::atomic<const char*> last_case{""};

// The call that is being checked, for the message of a crash.
inline std::atomic<const char*> current_call{""};

// Told of every checked call, as it is written, and its status; NULL where nobody counts.
inline void (*on_call)(const char* call, int status) = nullptr;

inline bool full_suite() {
  const char* full = std::getenv("QUERN_TEST_FULL");
  return full != nullptr && std::strcmp(full, "true") == 0;
}

// The number of threads whose results must be those of one.
inline int many_threads = 3;

// Names the case that the calling thread's checks belong to; a failure prints it.
__attribute__((format(printf, 1, 2))) inline void in_case(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(current_case, sizeof current_case, format, arguments);
  va_end(arguments);
  last_case = current_case;
}

// Counts a failure, and prints the first 20: a wrong kernel is wrong in thousands of places.
__attribute__((format(printf, 3, 4))) inline void failed(const char* file, int line, const char* format, ...) {
  if (failures++ >= 20) return;
  char text[600];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  std::printf("%s:%d: %s%s%s\n", file, line, text, *current_case ? "; case " : "", current_case);
}

#define CHECK(condition)                                            \
  do {                                                              \
    if (!(condition)) failed(__FILE__, __LINE__, "%s", #condition); \
  } while (0)

// A call that must succeed.
#define CHECK_OK(call)                                                                        \
  do {                                                                                        \
    current_call = #call;                                                                     \
    const int got_ = (call);                                                                  \
    if (on_call != nullptr) on_call(#call, got_);                                             \
    if (got_ != QUERN_OK) failed(__FILE__, __LINE__, "%s: %s", #call, quern_error_message()); \
  } while (0)

// A call that must be refused with this status and a message that holds this text.
#define CHECK_REFUSED(status, text, call)                                                               \
  do {                                                                                                  \
    current_call = #call;                                                                               \
    const int got_ = (call);                                                                            \
    if (got_ != (status)) {                                                                             \
      failed(__FILE__, __LINE__, "%s gave status %d, not %d", #call, got_, status);                     \
    } else if (std::strstr(quern_error_message(), text) == nullptr) {                                   \
      failed(__FILE__, __LINE__, "%s says \"%s\", without \"%s\"", #call, quern_error_message(), text); \
    }                                                                                                   \
  } while (0)

// A crash, at an unmapped page for instance, still says in which case.
inline void died(int signal_number) {
  std::fprintf(stderr, "died of signal %d in or after %s; case %s\n", signal_number, current_call.load(),
               *current_case ? current_case : last_case.load());
  std::signal(signal_number, SIG_DFL);
}

inline void name_the_case_on_crashes() {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which say more
  std::signal(SIGSEGV, died);
  std::signal(SIGFPE, died);
#endif
  std::setvbuf(stdout, nullptr, _IONBF, 0);
}

// Starts the library on the instruction set that QUERN_ISA names (empty: the best). Where the CPU lacks it the test
// ends as skipped; a name that this build does not know fails.
inline void start() {
  name_the_case_on_crashes();
  const char* isa = std::getenv("QUERN_ISA");
  const int status = quern_init(std::getenv("QUERN_TEST_OPENBLAS"), isa);
  if (status == QUERN_UNSUPPORTED && std::strstr(quern_error_message(), "lacks it") != nullptr) {
    std::printf("skipped: %s\n", quern_error_message());
    std::exit(failures == 0 ? kSkipped : 1);
  }
  if (status != QUERN_OK) {
    std::printf("quern_init: %s\n", quern_error_message());
    std::exit(1);
  }
  if (isa != nullptr && *isa != 0) CHECK(std::strcmp(quern_isa(), isa) == 0);
}

// The calling thread's last compute call ran this implementation, on the instruction set under test.
inline bool ran(const char* implementation) {
  char wanted[100];
  std::snprintf(wanted, sizeof wanted, "%s:%s", implementation, quern_isa());
  return std::strcmp(quern_last_implementation(), wanted) == 0;
}

inline int finish() {
  std::printf("%d failed\n", failures.load());
  return failures == 0 ? 0 : 1;
}
