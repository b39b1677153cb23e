package dev.quern.fuzz.api;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/** Implementations of any interface, which answer, lie, hand out nothing, or throw. */
final class Answers {
  private final Draw draw;
  private int depth;

  Answers(Draw draw) {
    this.draw = draw;
  }

  Object proxy(Class<?> type, Values values) {
    boolean throwing = draw.once(4);
    InvocationHandler handler =
        (self, method, args) -> answer(self, type, method, args, values, throwing);
    return Proxy.newProxyInstance(Answers.class.getClassLoader(), new Class<?>[] {type}, handler);
  }

  private Object answer(
      Object self, Class<?> type, Method method, Object[] args, Values values, boolean throwing)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" -> self == args[0];
        case "hashCode" -> type.hashCode();
        default -> "a " + type.getSimpleName() + " of the attack";
      };
    }
    if (method.isDefault() && draw.once(2)) {
      return InvocationHandler.invokeDefault(self, method, args);
    }
    if (throwing && draw.once(2)) {
      throw draw.once(2) ? new Thrown.Unchecked(false) : new Thrown.Fatal(false);
    }
    if (method.getReturnType() == void.class || depth > 2) {
      return primitiveOrNull(method, values);
    }
    depth++;
    try {
      return values.of(method.getGenericReturnType(), 1);
    } finally {
      depth--;
    }
  }

  private static Object primitiveOrNull(Method method, Values values) {
    Class<?> type = method.getReturnType();
    return type.isPrimitive() && type != void.class ? values.of(type) : null;
  }
}
