package dev.quern.fuzz;

import java.util.function.BooleanSupplier;

/** To come. */
final class NativeAttacker implements Attacker {
  @Override
  public Tally attack(Options options, Findings findings, BooleanSupplier over) {
    return new Tally(0, 0);
  }
}
