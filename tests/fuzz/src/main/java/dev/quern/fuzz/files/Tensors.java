package dev.quern.fuzz.files;

import dev.quern.error.FormatException;
import dev.quern.fuzz.Attack;
import dev.quern.io.Safetensors;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Comparisons of what was read with what was written. */
final class Tensors {
  private Tensors() {}

  /** The tensor's values, an array of its type. */
  static Object values(Safetensors from, String name) {
    try {
      return from.floats(name);
    } catch (FormatException e) {
      // of another type
    }
    try {
      return from.longs(name);
    } catch (FormatException e) {
      // nor that
    }
    try {
      return from.bytes(name);
    } catch (FormatException e) {
      return from.doubles(name);
    }
  }

  static long bytes(Safetensors from, String name) {
    Object values = values(from, name);
    int each = values instanceof byte[] ? 1 : values instanceof float[] ? 4 : 8;
    return from.shape(name).elements() * each;
  }

  static LinkedHashMap<String, Safetensors.Entry> entries(Safetensors from) {
    LinkedHashMap<String, Safetensors.Entry> all = new LinkedHashMap<>();
    for (String name : from.names()) {
      Object v = values(from, name);
      if (v instanceof float[] f) {
        all.put(name, Safetensors.Entry.floats(from.shape(name), f));
      } else if (v instanceof long[] l) {
        all.put(name, Safetensors.Entry.longs(from.shape(name), l));
      } else if (v instanceof byte[] b) {
        all.put(name, Safetensors.Entry.bytes(from.shape(name), b));
      } else {
        all.put(name, Safetensors.Entry.doubles(from.shape(name), (double[]) v));
      }
    }
    return all;
  }

  static void requireEqual(Safetensors a, Safetensors b) {
    require("metadata", a.metadata(), b.metadata());
    require("names", a.names(), b.names());
    for (String name : a.names()) {
      require("shape of " + name, a.shape(name), b.shape(name));
      Object[] pair = {values(a, name), values(b, name)};
      if (!Arrays.deepEquals(new Object[] {pair[0]}, new Object[] {pair[1]})) {
        throw new Attack.Finding("tensor " + name + " came back otherwise", null);
      }
    }
  }

  /** Equal names, in any order, and equal bits. */
  static void requireEqual(String what, Map<String, float[]> a, Map<String, float[]> b) {
    require(what + ": names", a.keySet(), b.keySet());
    a.forEach(
        (name, values) -> {
          if (!Arrays.equals(values, b.get(name))) {
            throw new Attack.Finding(what + ": tensor " + name + " came back otherwise", null);
          }
        });
  }

  static void require(String what, Object a, Object b) {
    if (!a.equals(b)) {
      throw new Attack.Finding(what + ": " + b + " came back for " + a, null);
    }
  }
}
