package dev.quern.fuzz.api;

import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Arguments by type: some that fit, and all that nobody would pass on purpose. */
final class Values {
  private static final int LONG = 3000; // characters
  private static final int MANY = 200; // elements

  private final Draw draw;
  private final Things things;

  /** One in so many values is null, or an extreme. */
  private final int wild;

  Values(Draw draw, Things things) {
    this.draw = draw;
    this.things = things;
    this.wild = draw.of(4, 15, 60);
  }

  Object of(Type type) {
    return of(type, 3);
  }

  /**
   * @param depth of values within values
   */
  Object of(Type type, int depth) {
    Class<?> raw = raw(type);
    if (raw.isPrimitive() || Number.class.isAssignableFrom(raw) || raw == Boolean.class) {
      return number(raw);
    } else if (draw.once(wild)) {
      return null;
    } else if (raw.isArray()) {
      return array(type, raw, depth);
    } else if (raw.isEnum()) {
      return draw.of(raw.getEnumConstants());
    } else if (raw == String.class || raw == CharSequence.class) {
      return draw.once(wild) ? oddText() : things.text(draw);
    } else if (raw == Path.class) {
      return things.path(draw);
    } else if (raw == URI.class) {
      return URI.create(draw.of("", "http://localhost:1/a.gz", "file:///", "a/b", "mailto:a@b"));
    } else if (raw == ByteBuffer.class) {
      return ByteBuffer.allocate(draw.of(0, 1, 9, 64, MANY));
    } else if (raw == FloatBuffer.class) {
      return FloatBuffer.wrap(draw.floats(draw.of(0, 1, 4, 12, 64)));
    }
    Object container = container(type, raw, depth);
    return container != null ? container : things.of(raw, this, depth);
  }

  private Object container(Type type, Class<?> raw, int depth) {
    if (Map.class.isAssignableFrom(raw)) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (int i = size(depth); i > 0; i--) {
        map.put(part(type, 0, depth), part(type, 1, depth));
      }
      return map;
    } else if (raw == Set.class) {
      return new LinkedHashSet<>(list(type, depth));
    } else if (raw == Optional.class) {
      return Optional.ofNullable(part(type, 0, depth));
    }
    return raw == List.class || raw == Collection.class || raw == Iterable.class
        ? list(type, depth)
        : null;
  }

  private List<Object> list(Type type, int depth) {
    List<Object> list = new ArrayList<>();
    for (int i = size(depth); i > 0; i--) {
      list.add(part(type, 0, depth));
    }
    return list;
  }

  private Object part(Type type, int index, int depth) {
    Type part =
        type instanceof ParameterizedType p ? p.getActualTypeArguments()[index] : String.class;
    return of(part, depth - 1);
  }

  private int size(int depth) {
    return depth <= 0 ? 0 : draw.below(4);
  }

  private Object array(Type type, Class<?> raw, int depth) {
    Type part =
        type instanceof GenericArrayType g ? g.getGenericComponentType() : raw.getComponentType();
    boolean plain = raw.getComponentType().isPrimitive();
    int n = plain && draw.once(wild) ? MANY : draw.below(depth > 0 ? 7 : 2);
    boolean calm = draw.once(2);
    Object array = Array.newInstance(raw.getComponentType(), n);
    for (int i = 0; i < n; i++) {
      Array.set(array, i, plain && calm ? small(raw.getComponentType()) : of(part, depth - 1));
    }
    return array;
  }

  private Object number(Class<?> type) {
    return draw.once(wild) ? extreme(type) : small(type);
  }

  private Object small(Class<?> type) {
    int n = draw.of(0, 1, 1, 1, 2, 2, 3, 4, 5, 8);
    if (type == double.class || type == Double.class) {
      return draw.of(0.0, 1e-5, 0.1, 0.5, 0.9, 1.0, 2.0, draw.real());
    } else if (type == float.class || type == Float.class) {
      return draw.of(0f, 1e-5f, 0.1f, 0.5f, 0.9f, 1f, 2f, (float) draw.real());
    } else if (type == boolean.class || type == Boolean.class) {
      return draw.once(2);
    }
    return whole(type, n);
  }

  private Object extreme(Class<?> type) {
    if (type == double.class || type == Double.class) {
      return draw.of(Double.NaN, Double.MAX_VALUE, Double.MIN_VALUE, -1.0, -0.0)
          * draw.of(1.0, 1.0, 1e300);
    } else if (type == float.class || type == Float.class) {
      return draw.of(Float.NaN, Float.MAX_VALUE, Float.MIN_VALUE, -1f, -0f)
          * draw.of(1f, 1f, 1e30f);
    } else if (type == boolean.class || type == Boolean.class) {
      return draw.once(2);
    } else if (type == long.class || type == Long.class) {
      long edge = draw.of(0L, 1L << 31, 1L << 53, Long.MAX_VALUE, Long.MIN_VALUE);
      return edge + draw.of(0, 0, 1, -1);
    }
    int edge = draw.of(0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 30, 46341);
    return whole(type, edge + draw.of(0, 0, 1, -1));
  }

  private static Object whole(Class<?> type, int n) {
    if (type == long.class || type == Long.class) {
      return (long) n;
    } else if (type == byte.class || type == Byte.class) {
      return (byte) n;
    } else if (type == short.class || type == Short.class) {
      return (short) n;
    } else if (type == char.class || type == Character.class) {
      return (char) n;
    }
    return n;
  }

  private String oddText() {
    return switch (draw.below(9)) {
      case 0 -> "";
      case 1 -> ".".repeat(LONG);
      case 2 -> "a.".repeat(LONG) + "a";
      case 3 -> "\0";
      case 4 -> "\ud800 \udc00";
      case 5 -> "(".repeat(LONG);
      case 6 -> "warmup:1,".repeat(LONG / 10) + "cosine";
      case 7 -> "*".repeat(30) + "b";
      default -> "../" + "x".repeat(LONG);
    };
  }

  static Class<?> raw(Type type) {
    if (type instanceof Class<?> c) {
      return c;
    } else if (type instanceof ParameterizedType p) {
      return raw(p.getRawType());
    } else if (type instanceof GenericArrayType g) {
      return Array.newInstance(raw(g.getGenericComponentType()), 0).getClass();
    } else if (type instanceof WildcardType w) {
      return raw(w.getUpperBounds()[0]);
    }
    return raw(((TypeVariable<?>) type).getBounds()[0]);
  }
}
