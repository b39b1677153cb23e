package dev.quern.io.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The name of this machine or container, read without network access. */
public final class Host {
  private static final Path LINUX = Path.of("/proc/sys/kernel/hostname");

  private Host() {}

  public static String name() {
    try {
      return Files.readString(LINUX).strip();
    } catch (IOException e) {
      Map<String, String> environment = System.getenv();
      return environment.getOrDefault(
          "HOSTNAME", environment.getOrDefault("COMPUTERNAME", "an unnamed host"));
    }
  }
}
