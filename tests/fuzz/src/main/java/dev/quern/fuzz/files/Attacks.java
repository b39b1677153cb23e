package dev.quern.fuzz.files;

import dev.quern.error.QuernException;
import dev.quern.fuzz.Attack;

/** What holds for each refusal. */
final class Attacks {
  private Attacks() {}

  static void requireMessage(QuernException e) {
    if (e.getMessage() == null || e.getMessage().isBlank() || e.getMessage().contains("null:")) {
      throw new Attack.Finding("a refusal that says nothing", e);
    }
  }
}
