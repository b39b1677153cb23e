package dev.quern.fuzz.files;

import dev.quern.error.QuernException;

/** A way into Quern for files of one format. */
interface Format {
  /**
   * Makes a file by the dice, has it read, and uses what comes.
   *
   * @return whether it was accepted
   * @throws QuernException where it was refused
   * @throws dev.quern.fuzz.Attack.Finding where it should have been
   */
  boolean attack(Dice dice) throws Exception;
}
