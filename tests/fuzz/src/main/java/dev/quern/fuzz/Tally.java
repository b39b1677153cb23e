package dev.quern.fuzz;

import java.util.List;

/**
 * What an attack did; its findings are in their folder.
 *
 * @param cases that ended
 * @param peakBytes the largest resident size of a process of it
 * @param notes what else is to be told, a line each
 */
record Tally(long cases, long peakBytes, List<String> notes) {
  Tally(long cases, long peakBytes) {
    this(cases, peakBytes, List.of());
  }
}
