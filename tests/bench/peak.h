// Operations a second of fused multiply-adds in registers, of one thread.
#pragma once

double fma_peak();
