// What the attacks on conv2d share.
#pragma once

#include "numbers.h"

// The length of the list.
int64_t conv2d_implementations();

// A small convolution that is valid.
quern_conv2d any_conv2d(Random* r);

void refuse_conv2d(Random* r);

// For the checks that follow.
void name_conv2d(const quern_conv2d& d, int64_t implementation);
