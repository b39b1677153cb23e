package dev.quern.internal;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.LayerException;
import java.util.function.Supplier;

/** Calls of a user's code: whatever they throw, errors included, is a typed error's cause. */
public final class UserCode {
  private UserCode() {}

  /**
   * @param what the method, for the message
   * @param whose the layer's type or class
   * @throws LayerException if the call throws anything
   */
  public static void run(String node, String what, String whose, Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      throw failed(node, what, whose, e);
    }
  }

  /** {@link #run} of a call that answers; quern's own errors, which are rules, pass as they are. */
  public static <T> T ask(String node, String what, String whose, Supplier<T> call) {
    try {
      return call.get();
    } catch (InvalidArgumentException e) {
      throw e; // the layer's own rule, reported beside those of other layers
    } catch (Throwable e) {
      throw failed(node, what, whose, e);
    }
  }

  private static LayerException failed(String node, String what, String whose, Throwable e) {
    return new LayerException(
        "layer " + node + ": " + what + " of " + whose + " threw " + text(e), e);
  }

  /** An exception, as text: which is user code too. */
  public static String text(Throwable e) {
    try {
      return e.toString();
    } catch (RuntimeException | Error unreadable) {
      return e.getClass().getName();
    }
  }
}
