// Which functions of quern.h the cases have called, and whether each was both obeyed and refused.
#pragma once

// Begins to count, by check.h's on_call, too.
void count_calls();

// Calls so far.
long long calls_made();

// Prints each function of the folder's headers that was not attacked; returns how many. A folder without any counts,
// too.
int print_not_attacked(const char* headers);
