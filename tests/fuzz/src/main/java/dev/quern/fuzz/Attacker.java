package dev.quern.fuzz;

import java.util.function.BooleanSupplier;

/** The parent's side of an attack: it starts processes, watches them, and counts. */
interface Attacker {
  /**
   * Attacks until the time is over or all cases have run.
   *
   * @param over whether the time is over
   */
  Tally attack(Options options, Findings findings, BooleanSupplier over) throws Exception;
}
