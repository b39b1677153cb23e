package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;

/** A call that must be refused by one exact exception, whose message names operation and value. */
record Refusal(
    String operation, Class<? extends Throwable> type, ThrowingCallable call, String... names) {
  static Refusal argument(String operation, ThrowingCallable call, String... names) {
    return new Refusal(operation, InvalidArgumentException.class, call, names);
  }

  static Refusal shape(String operation, ThrowingCallable call, String... names) {
    return new Refusal(operation, ShapeException.class, call, names);
  }

  void check() {
    assertThatThrownBy(call)
        .isExactlyInstanceOf(type)
        .hasMessageStartingWith(operation + ": ")
        .hasMessageContainingAll(names)
        .satisfies(e -> assertNoPlaceholders(e.getMessage()));
  }

  /** What shows that a value had no text of its own. */
  private static void assertNoPlaceholders(String message) {
    if (message.contains("@") || message.contains("%")) {
      throw new AssertionError("not a text for people: " + message);
    }
  }

  DynamicTest test() {
    return dynamicTest(operation + " " + String.join(" ", names), this::check);
  }
}
