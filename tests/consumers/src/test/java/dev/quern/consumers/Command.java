package dev.quern.consumers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process whose whole output is wanted. */
final class Command {
  private static final int PATIENCE_MINUTES = 8;

  /** What would make a JVM print a line of its own, or lead to other data. */
  private static final List<String> NOT_INHERITED =
      List.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "MAVEN_OPTS", "QUERN_DATA");

  private Command() {}

  /** Runs it to its end, which must be good; returns both of its streams. */
  static String run(Path in, List<String> command) throws IOException, InterruptedException {
    Path out = Files.createTempFile("quern-consumer", ".txt");
    try {
      Process process = start(in, command, out);
      boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
      process.destroyForcibly().waitFor();
      String text = Files.readString(out);
      assertThat(ended).as(text).isTrue();
      assertThat(process.exitValue()).as(command + "\n" + text).isZero();
      return text;
    } finally {
      Files.delete(out);
    }
  }

  /** Starts it; both of its streams go to a file. */
  static Process start(Path in, List<String> command, Path out) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().keySet().removeAll(NOT_INHERITED);
    return builder.start();
  }
}
