package dev.quern.fuzz;

import dev.quern.fuzz.serve.Rounds;

/** A server beside hostile clients: see {@link Rounds}. */
final class ServeAttack implements Attack {
  private final Rounds rounds;

  ServeAttack() throws Exception {
    rounds = new Rounds();
  }

  @Override
  public void run(long seed) throws Exception {
    rounds.run(seed);
  }
}
