package dev.quern.fuzz;

/** To come. */
final class ApiAttack implements Attack {
  @Override
  public void run(long seed) {}
}
