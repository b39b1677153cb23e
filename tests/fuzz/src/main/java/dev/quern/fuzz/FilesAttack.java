package dev.quern.fuzz;

/** To come. */
final class FilesAttack implements Attack {
  @Override
  public void run(long seed) {}
}
