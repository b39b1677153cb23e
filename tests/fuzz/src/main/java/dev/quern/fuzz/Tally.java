package dev.quern.fuzz;

/**
 * What an attack did; its findings are in their folder.
 *
 * @param cases that ended
 * @param peakBytes the largest resident size of a process of it
 */
record Tally(long cases, long peakBytes) {}
