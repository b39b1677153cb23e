package dev.quern.kernel.conv;

import java.nio.file.Path;

/** A way for attacks to what this package keeps to itself. */
public final class TuningDoor {
  private final TunedChoices choices;

  public TuningDoor(Path file) {
    choices = new TunedChoices(file);
  }

  /** What is remembered, or null. */
  public String get(String key) {
    return choices.get(key);
  }

  public void put(String key, String name) {
    choices.put(key, name);
  }
}
