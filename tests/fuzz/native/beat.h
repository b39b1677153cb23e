// Where this process is, in a file that it shares with its parent: dev.quern.fuzz.Beat. Two longs, big-endian: the case
// that runs, and the first that has not ended.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

class Beat {
 public:
  // NULL: nobody watches.
  explicit Beat(const char* file) {
    if (file == nullptr) return;
    const int opened = ::open(file, O_RDWR | O_CREAT, 0600);
    void* at = opened < 0 || ftruncate(opened, 16) != 0
                   ? MAP_FAILED
                   : mmap(nullptr, 16, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
    if (at == MAP_FAILED) {
      std::printf("beat file %s cannot be opened\n", file);
      std::exit(1);
    }
    close(opened);
    shared_ = static_cast<volatile uint64_t*>(at);
  }
  void begin(int64_t number) { put(0, number); }
  void done(int64_t next) { put(1, next); }

 private:
  void put(int at, int64_t value) {
    if (shared_ != nullptr) shared_[at] = __builtin_bswap64(static_cast<uint64_t>(value));
  }
  volatile uint64_t* shared_ = nullptr;
};
