package dev.quern.internal;

import dev.quern.bindings.Quern;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.NativeException;
import dev.quern.error.QuernException;
import dev.quern.error.ShapeException;

/** Converts native status codes to exceptions. */
public final class Status {
  private Status() {}

  public static void check(int status) {
    if (status != Quern.QUERN_OK) {
      throw exception(status, Quern.quern_error_message().getString());
    }
  }

  private static QuernException exception(int status, String message) {
    return switch (status) {
      case Quern.QUERN_INVALID_ARGUMENT, Quern.QUERN_UNSUPPORTED ->
          new InvalidArgumentException(message);
      case Quern.QUERN_INVALID_SHAPE -> new ShapeException(message);
      case Quern.QUERN_OUT_OF_MEMORY -> new MemoryLimitException(message);
      default -> new NativeException(message);
    };
  }
}
