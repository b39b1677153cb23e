// Records the durations of pieces that one thread runs, from which a simulation of more threads can be computed.
#pragma once

#include <cstdint>

#include "runtime/threads.h"

namespace quern {

// Whether the calling thread's pieces are recorded.
bool traced() noexcept;

// Runs and records all pieces, with one thread.
void trace_pieces(int64_t pieces, int max_slots, PieceFunction function, void* context) noexcept;

}  // namespace quern
