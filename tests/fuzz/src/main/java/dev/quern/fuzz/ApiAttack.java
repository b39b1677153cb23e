package dev.quern.fuzz;

import dev.quern.fuzz.api.Cases;

/** Random networks and sessions, and every public method: see {@link Cases}. */
final class ApiAttack implements Attack {
  private final Cases cases = new Cases();

  @Override
  public void run(long seed) throws Exception {
    try {
      cases.run(seed);
    } catch (RuntimeException e) {
      throw Cases.isWrong(e) ? new Finding("a wrong answer", e) : e;
    }
  }
}
