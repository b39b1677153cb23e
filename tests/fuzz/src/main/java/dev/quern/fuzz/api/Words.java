package dev.quern.fuzz.api;

import java.lang.reflect.Array;
import java.lang.reflect.Executable;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Values and calls, as a reader of a reproducer wants them. */
final class Words {
  private static final int SHOWN = 8;

  private Words() {}

  static String call(Executable e, Object receiver, Object[] args) {
    String of = receiver == null ? "" : "{" + of(receiver) + "}";
    String all = Arrays.stream(args).map(Words::of).collect(Collectors.joining(", "));
    return e.getDeclaringClass().getSimpleName() + of + "." + e.getName() + "(" + all + ")";
  }

  static String of(Object o) {
    if (o == null) {
      return "null";
    } else if (o.getClass().isArray()) {
      return array(o);
    } else if (o instanceof String s) {
      return '"' + Trace.cut(s) + '"';
    } else if (o instanceof Float f) {
      return f + "f";
    }
    try {
      return Trace.cut(o.toString());
    } catch (RuntimeException | Error e) {
      return "a " + o.getClass().getName() + ", whose toString throws " + e.getClass().getName();
    }
  }

  private static String array(Object array) {
    int n = Array.getLength(array);
    StringBuilder text = new StringBuilder(array.getClass().getComponentType().getSimpleName());
    text.append('[').append(n).append("]{");
    for (int i = 0; i < Math.min(n, SHOWN); i++) {
      text.append(i == 0 ? "" : ", ").append(of(Array.get(array, i)));
    }
    return text.append(n > SHOWN ? ", ...}" : "}").toString();
  }
}
