// How long pieces take that one thread does: what a simulation of more threads starts from.
#pragma once

#include <cstdint>

#include "runtime/threads.h"

namespace quern {

// Whether the calling thread's pieces are noted.
bool traced() noexcept;

// Runs and notes all pieces, with one thread.
void trace_pieces(int64_t pieces, int max_slots, PieceFunction function, void* context) noexcept;

}  // namespace quern
