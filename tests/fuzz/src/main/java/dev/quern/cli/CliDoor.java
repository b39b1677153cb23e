package dev.quern.cli;

import java.nio.file.Path;

/** Lets attacks on files in, where a whole command would take a thousand times as long. */
public final class CliDoor {
  private CliDoor() {}

  /** What {@code --config} reads. */
  public static void config(Path file) {
    ConfigFile.read("config", file);
  }

  /** What {@code quern search --space} reads. */
  public static void space(Path file) {
    SearchSpace.read(file);
  }

  /** What {@code quern serve --token-file} reads. */
  public static void token(Path file) {
    Secrets.token(file);
  }

  /** What {@code quern serve --tls-keystore} and {@code --tls-password-file} read. */
  public static void tls(Path keystore, Path password) {
    Secrets.tls(keystore, password);
  }
}
