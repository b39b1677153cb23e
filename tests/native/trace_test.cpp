// What is noted of parallel work: every call, its pieces, and times that fit into each other.
#include <chrono>
#include <thread>
#include <vector>

#include "check.h"
#include "runtime/threads.h"

namespace {

using quern::parallel_for;

void spend(int microseconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(microseconds);
  while (std::chrono::steady_clock::now() < end) {
  }
}

// Three calls; the pieces of the second are threads' own in turn, which is not noted.
void work() {
  parallel_for(3, 2, [](int64_t piece, int) { spend(100 * static_cast<int>(piece)); });
  parallel_for(2, [](int64_t) { parallel_for(4, [](int64_t) { spend(50); }); });
  parallel_for(0, [](int64_t) {});
}

void calls_and_pieces_are_noted() {
  CHECK_OK(quern_set_threads(2));
  std::vector<int64_t> r(100, -1);
  int64_t used = 0;
  CHECK_OK(quern_trace_begin(100));
  std::thread([] { parallel_for(7, [](int64_t) {}); }).join();  // another thread's
  work();
  CHECK_OK(quern_trace_end(r.data(), 100, &used));
  CHECK(used == 7 + 6 + 4);
  CHECK(r[1] == 3 && r[2] == 2 && r[8] == 2 && r[9] == quern::kMaxThreads && r[14] == 0);
  CHECK(r[3] >= 0 && r[4] >= 100000 && r[5] >= 200000);
  CHECK(r[10] >= 200000 && r[11] >= 200000);
  CHECK(r[0] >= 0 && r[6] >= r[0] + r[3] + r[4] + r[5]);
  CHECK(r[7] >= r[6] && r[12] >= r[7] + r[10] + r[11]);
  CHECK(r[13] >= r[12] && r[16] >= r[13]);
  CHECK(r[17] == -1);
}

void what_finds_no_room_is_counted() {
  std::vector<int64_t> r(6, -1);
  int64_t used = 0;
  CHECK_OK(quern_trace_begin(5));
  work();
  CHECK_OK(quern_trace_end(r.data(), 6, &used));
  CHECK(used == 17);
  CHECK(r[4] >= 100000 && r[5] == -1);
}

void wrong_calls_are_refused() {
  int64_t records[8] = {}, used = -1;
  CHECK(quern_trace_begin(-1) == QUERN_INVALID_ARGUMENT);
  CHECK(quern_trace_begin((int64_t{1} << 27) + 1) == QUERN_INVALID_ARGUMENT);
  CHECK(quern_trace_end(records, 8, &used) == QUERN_INVALID_ARGUMENT);
  CHECK_OK(quern_trace_begin(8));
  CHECK(quern_trace_begin(8) == QUERN_INVALID_ARGUMENT);
  CHECK(quern_trace_end(nullptr, 8, &used) == QUERN_INVALID_ARGUMENT);
  CHECK(quern_trace_end(records, 8, nullptr) == QUERN_INVALID_ARGUMENT);
  work();
  CHECK_OK(quern_trace_end(records, 3, &used));  // fewer than there are
  CHECK(used == 17 && records[1] == 3 && records[3] == 0);
}

}  // namespace

int main() {
  start();
  calls_and_pieces_are_noted();
  what_finds_no_room_is_counted();
  wrong_calls_are_refused();
  return finish();
}
