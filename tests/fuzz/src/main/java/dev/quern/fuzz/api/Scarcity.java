package dev.quern.fuzz.api;

import dev.quern.internal.Memory;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.function.Supplier;

/**
 * Has the product believe that the machine is small, so that what is too large is refused at once,
 * and alike on each machine.
 */
final class Scarcity {
  /** Of off-heap memory. */
  static final long BYTES = 256L << 20;

  private Scarcity() {}

  static void begin() {
    try {
      Object budget = field(Memory.class, "BUDGET").get(null);
      Class<?> system = Class.forName("dev.quern.internal.SystemMemory");
      Constructor<?> canonical = system.getDeclaredConstructor(long.class, long.class);
      canonical.setAccessible(true);
      Supplier<Object> small = () -> make(canonical, BYTES, BYTES - Memory.live());
      field(budget.getClass(), "system").set(budget, small);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object make(Constructor<?> canonical, long limit, long available) {
    try {
      return canonical.newInstance(limit, available);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Field field(Class<?> of, String name) throws NoSuchFieldException {
    Field field = of.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}
