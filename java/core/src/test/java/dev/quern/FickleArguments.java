package dev.quern;

import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Lists and maps that have other contents when they are read again. */
public final class FickleArguments {
  private FickleArguments() {}

  /** One list at the first reading, the other one ever after. */
  public static <T> List<T> list(List<T> first, List<T> then) {
    return new AbstractList<T>() {
      private boolean read;

      private List<T> now() {
        List<T> now = read ? then : first;
        read = true;
        return now;
      }

      @Override
      public T get(int index) {
        return now().get(index);
      }

      @Override
      public int size() {
        return now().size();
      }

      @Override
      public Object[] toArray() {
        return now().toArray();
      }
    };
  }

  /** One map at the first reading, the other one ever after. */
  public static <V> Map<String, V> map(Map<String, V> first, Map<String, V> then) {
    return new AbstractMap<String, V>() {
      private int reads;

      @Override
      public Set<Entry<String, V>> entrySet() {
        // a copy asks for the size first, which is a reading, and then for the entries
        return (reads++ < 2 ? first : then).entrySet();
      }
    };
  }
}
