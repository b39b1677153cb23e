// Start-up that is over, threads, memory, texts.
#include <vector>

#include "attacks.h"
#include "conv2d.h"

namespace {

// A call that cannot fail, and says something.
#define SAYS(function, ...)                                                 \
  do {                                                                      \
    const char* text_ = function(__VA_ARGS__);                              \
    count_call(#function, QUERN_OK);                                        \
    if (text_ == nullptr) failed(__FILE__, __LINE__, #function " is null"); \
  } while (0)

void texts(Random* r) {
  SAYS(quern_error_message);
  SAYS(quern_last_implementation);
  SAYS(quern_version);
  SAYS(quern_isa);
  SAYS(quern_isa_reason);
  SAYS(quern_openblas_config);
  SAYS(quern_openblas_core);
  SAYS(quern_libc);
  SAYS(quern_conv2d_implementation, r->between(0, conv2d_implementations() - 1));
  CHECK(quern_conv2d_implementation(r->between(conv2d_implementations(), INT64_MAX)) == nullptr);
  CHECK(quern_conv2d_implementation(-1 - static_cast<int64_t>(r->next() >> 1)) == nullptr);
}

void memory(Random* r) {
  const int64_t bytes = r->between(0, 5000);
  int64_t at = 0;
  CHECK_OK(quern_alloc(bytes, &at));
  CHECK(at != 0 && at % 64 == 0);
  char* data = reinterpret_cast<char*>(at);
  for (int64_t i = 0; i < bytes; i++) CHECK(data[i] == 0);
  std::memset(data, 1, static_cast<size_t>(bytes));
  quern_free(at);
  quern_free(0);
  count_call("quern_free", QUERN_OK);
}

// A thread's notes of work that fits them or does not.
void trace(Random* r) {
  std::vector<int64_t> records(static_cast<size_t>(r->between(0, 20)) + 1, -1);
  const auto room = static_cast<int64_t>(records.size()) - 1;
  std::vector<float> values(4096, 1.0f);
  double sum = 0;
  int64_t used = 0;
  CHECK_OK(quern_trace_begin(r->between(0, 40)));
  CHECK_OK(quern_sum_squares(4096, values.data(), &sum));
  CHECK_OK(quern_trace_end(records.data(), room, &used));
  CHECK(records.back() == -1 && sum == 4096);
}

// In any order, with work between them; at the end as many have ended as began.
void share(Random* r) {
  const std::vector<float> values(4096, 1.0f);
  int depth = 0;
  for (int64_t i = r->between(0, 6); i > 0 || depth > 0; i--) {
    const bool begins = i > 0 && one_in(r, 2);
    begins ? quern_share_begin() : quern_share_end();
    count_call(begins ? "quern_share_begin" : "quern_share_end", QUERN_OK);
    depth = begins ? depth + 1 : depth > 0 ? depth - 1 : 0;
    double sum = 0;
    CHECK_OK(quern_sum_squares(4096, values.data(), &sum));
    CHECK(sum == 4096);
  }
}

}  // namespace

void attack_runtime(Random* r) {
  texts(r);
  memory(r);
  trace(r);
  share(r);
  CHECK_OK(quern_init("/nowhere", one_in(r, 2) ? "mmx" : nullptr));
  const int64_t threads = r->between(1, 8);
  CHECK_OK(quern_set_threads(static_cast<int>(threads)));
  CHECK(quern_threads() >= 1 && quern_threads() <= 8);  // other callers may have set it meanwhile
  count_call("quern_threads", QUERN_OK);
  double peak = 0;
  if (one_in(r, 2)) return;  // it takes ten milliseconds
  CHECK_OK(quern_fma_peak(&peak));
  CHECK(peak > 0);
  double bytes = 0;
  if (one_in(r, 4)) return;
  CHECK_OK(quern_set_threads(2));  // with more than there are cores it takes seconds
  CHECK_OK(quern_speed(&peak, &bytes));
  CHECK(peak > 0 && bytes > 0);
}

void refuse_runtime(Random* r) {
  int64_t* at = untouchable<int64_t>();
  const int below = static_cast<int>(r->between(INT32_MIN, 0)), above = static_cast<int>(r->between(65, INT32_MAX));
  const int64_t bytes =
      one_in(r, 2) ? r->between((int64_t{1} << 55) + 1, INT64_MAX) : -1 - r->between(0, INT64_MAX - 1);
  REFUSED("threads: ", quern_set_threads, below);
  REFUSED("threads: ", quern_set_threads, above);
  REFUSED("alloc: ", quern_alloc, bytes, at);
  REFUSES_NULLS("alloc: ", ".r", quern_alloc, 1, at);
  REFUSED("trace: ", quern_trace_begin, r->between(INT64_MIN, -1));
  REFUSED("trace: ", quern_trace_begin, r->between((int64_t{1} << 27) + 1, INT64_MAX));
  REFUSED("trace: ", quern_trace_end, at, 1, at);
  REFUSES_NULLS("trace: ", "r.r", quern_trace_end, at, 1, at);
  REFUSES_NULLS("fma_peak: ", "r", quern_fma_peak, untouchable<double>());
  REFUSES_NULLS("speed: ", "rr", quern_speed, untouchable<double>(), untouchable<double>());
}
