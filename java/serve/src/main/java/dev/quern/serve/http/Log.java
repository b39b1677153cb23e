package dev.quern.serve.http;

import org.jspecify.annotations.Nullable;

/** Writes the server's log. Its methods never throw, so that logging cannot stop a thread. */
public final class Log {
  private static final System.Logger LOG = System.getLogger("dev.quern.serve");

  private Log() {}

  public static void warn(String line) {
    warn(line, null);
  }

  public static void warn(String line, @Nullable Throwable causeOrNull) {
    write(System.Logger.Level.WARNING, line, causeOrNull);
  }

  public static void error(String line, Throwable cause) {
    write(System.Logger.Level.ERROR, line, cause);
  }

  private static void write(
      System.Logger.Level level, String line, @Nullable Throwable causeOrNull) {
    try {
      LOG.log(level, line, causeOrNull);
    } catch (Throwable e) {
      // without memory or descriptors, logging may fail, too; the problem itself has been handled
    }
  }
}
