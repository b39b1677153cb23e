package dev.quern.fuzz.api;

import java.lang.reflect.Array;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes to the arguments of a call from another thread, for as long as it is open: one moment what
 * they had, the next what nobody would accept. So a check sees one and what follows the other.
 */
final class Changer {
  private static final int DEPTH = 3;

  private final Draw draw;
  private final List<Runnable> changes = new ArrayList<>();
  private final Thread thread = new Thread(this::run, "changer");
  private volatile boolean over;

  private Changer(Draw draw) {
    this.draw = draw;
    thread.setDaemon(true);
  }

  static Changer of(Draw draw, Object... args) {
    Changer changer = new Changer(draw);
    for (Object arg : args) {
      changer.add(arg, DEPTH);
    }
    if (!changer.changes.isEmpty()) {
      changer.thread.start();
    }
    return changer;
  }

  private void add(Object arg, int depth) {
    if (arg == null || depth == 0) {
      return;
    } else if (arg.getClass().isArray() && Array.getLength(arg) > 0) {
      array(arg, depth);
    } else if (arg.getClass() == ArrayList.class) {
      @SuppressWarnings("unchecked")
      List<Object> list = (List<Object>) arg;
      list.forEach(e -> add(e, depth - 1));
      list(list);
    } else if (arg instanceof LinkedHashMap<?, ?>) {
      @SuppressWarnings("unchecked")
      Map<Object, Object> map = (Map<Object, Object>) arg;
      map.values().forEach(e -> add(e, depth - 1));
      map(map);
    } else if (arg instanceof Buffer b && !b.isReadOnly() && b.limit() > 0) {
      buffer(b);
    }
  }

  private void array(Object array, int depth) {
    Class<?> type = array.getClass().getComponentType();
    int at = draw.below(Array.getLength(array));
    Object before = Array.get(array, at);
    Object odd = odd(type);
    if (!type.isPrimitive()) {
      for (int i = 0; i < Array.getLength(array); i++) {
        add(Array.get(array, i), depth - 1);
      }
    }
    changes.add(() -> Array.set(array, at, odd));
    changes.add(() -> Array.set(array, at, before));
  }

  private Object odd(Class<?> type) {
    if (type == int.class) {
      return draw.of(-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1000);
    } else if (type == long.class) {
      return draw.of(-1L, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE);
    } else if (type == short.class) {
      return Short.MIN_VALUE;
    } else if (type == byte.class) {
      return (byte) -1;
    } else if (type == float.class) {
      return draw.of(Float.NaN, 1e38f, -1f);
    } else if (type == double.class) {
      return draw.of(Double.NaN, 1e300, -1.0);
    } else if (type == boolean.class) {
      return true;
    }
    return type == char.class ? (Object) '.' : null;
  }

  private void list(List<Object> list) {
    List<Object> before = new ArrayList<>(list);
    changes.add(list::clear);
    changes.add(() -> list.addAll(before));
    changes.add(() -> list.add(null));
    changes.add(() -> list.remove(list.size() - 1));
  }

  private void map(Map<Object, Object> map) {
    Object key = map.isEmpty() ? "key" : map.keySet().iterator().next();
    Object value = map.get(key);
    changes.add(() -> map.put(key, null));
    changes.add(() -> map.put("other", value));
    changes.add(() -> map.remove("other"));
    changes.add(() -> map.put(key, value));
  }

  private void buffer(Buffer b) {
    int at = draw.below(b.limit());
    if (b instanceof FloatBuffer f) {
      changes.add(() -> f.put(at, Float.NaN));
      changes.add(() -> f.put(at, 0));
    } else if (b instanceof ByteBuffer bytes) {
      changes.add(() -> bytes.put(at, (byte) -1));
      changes.add(() -> bytes.put(at, (byte) 0));
    }
  }

  private void run() {
    while (!over) {
      for (Runnable change : changes) {
        try {
          change.run();
        } catch (RuntimeException e) {
          // the call has changed it, too, which it may where it is told to
        }
      }
    }
  }

  /** When this returns, nobody writes any more. */
  void close() {
    over = true;
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
