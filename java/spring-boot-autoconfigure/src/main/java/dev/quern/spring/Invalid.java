package dev.quern.spring;

import dev.quern.error.QuernException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Converts the library's exceptions to the exception for which Spring Boot prints property, value
 * and reason when the start fails.
 */
final class Invalid {
  private Invalid() {}

  /** Returns the exception for a property. */
  static InvalidConfigurationPropertyValueException property(
      String property, @Nullable Object value, String rule) {
    return new InvalidConfigurationPropertyValueException(property, value, rule);
  }

  /** Runs a step; an exception of the library is thrown as that of a property. */
  static <T> T check(String property, Object value, Supplier<T> step) {
    try {
      return step.get();
    } catch (QuernException e) {
      InvalidConfigurationPropertyValueException thrown = property(property, value, e.getMessage());
      thrown.addSuppressed(e); // it has no public constructor with a cause
      throw thrown;
    }
  }
}
