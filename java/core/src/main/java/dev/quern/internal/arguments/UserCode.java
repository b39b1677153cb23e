package dev.quern.internal.arguments;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.LayerException;
import dev.quern.error.UserCodeException;
import java.util.function.Supplier;

/**
 * Calls user code. Anything that user code throws, including errors, becomes the cause of a Quern
 * exception.
 */
public final class UserCode {
  private UserCode() {}

  /**
   * Calls a method of a custom layer.
   *
   * @param what name of the method, for the exception's message
   * @param whose type or class of the layer, for the exception's message
   * @throws LayerException if the call throws anything
   */
  public static void run(String node, String what, String whose, Runnable call) {
    try {
      call.run();
    } catch (Throwable e) {
      throw failed(node, what, whose, e);
    }
  }

  /**
   * Calls a method of a custom layer, as {@link #run} does, and returns its result. An {@link
   * InvalidArgumentException}, which reports an invalid argument of the layer, is not wrapped.
   */
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

  /**
   * Calls user code, as {@link #call} does, and returns its result.
   *
   * @throws UserCodeException if the call throws anything, or its result is null
   */
  public static <T> T answer(String what, Supplier<? extends T> call) {
    T answer;
    try {
      answer = call.get();
    } catch (UserCodeException e) {
      throw e;
    } catch (Throwable e) {
      throw new UserCodeException(what + " threw " + text(e), e);
    }
    if (answer == null) {
      throw new UserCodeException(what + " is null", null);
    }
    return answer;
  }

  /**
   * Calls user code that is neither a layer nor a data set.
   *
   * @param what the object and the called method, for the exception's message
   * @throws UserCodeException if the call throws anything
   */
  public static void call(String what, Runnable call) {
    try {
      call.run();
    } catch (UserCodeException e) {
      throw e;
    } catch (Throwable e) {
      throw new UserCodeException(what + " threw " + text(e), e);
    }
  }

  /** Returns the beginning of a message about a custom loss: its name and the called method. */
  public static String ofLoss(Object own, String what) {
    String name = own.getClass().getSimpleName();
    return "loss " + (name.isEmpty() ? "custom" : name) + ": " + what;
  }

  /**
   * Returns a string that identifies a custom object and is the same in every process: the object's
   * {@code toString}, or {@code "a function"} if that string contains an address.
   */
  public static String description(String what, Object own) {
    String text = answer(what + ": toString of " + own.getClass().getName(), own::toString);
    boolean address = text.startsWith(own.getClass().getName() + "@");
    return address || own.getClass().isHidden() ? "a function" : text;
  }

  /** Returns an exception's {@code toString}, or its class name if {@code toString} throws. */
  public static String text(Throwable e) {
    try {
      return e.toString();
    } catch (RuntimeException | Error unreadable) {
      return e.getClass().getName();
    }
  }
}
