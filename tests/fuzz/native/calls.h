// Which functions of quern.h the cases have called, and whether each was both obeyed and refused.
#pragma once

// Begins to count, by check.h's on_call, too.
void count_calls();

// Calls so far.
long long calls_made();

// Prints each function of the header that was not attacked; returns how many. A header that cannot be read counts, too.
int print_not_attacked(const char* header);
