package dev.quern.onnx.graph;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A node's attributes by name. Values are Long, Float, String, long[], float[], {@link Texts},
 * {@link Const} or {@link Branch}; an attribute of any other kind is stored as an {@link Unread}.
 */
public record Attributes(Map<String, Object> values) {
  /** An attribute of an unsupported kind, such as a type. */
  public record Unread(String kind) {}

  /** An attribute of several strings. */
  public record Texts(List<String> all) {
    public Texts {
      all = List.copyOf(all);
    }
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public Set<String> names() {
    return values.keySet();
  }

  public long number(String name, long otherwise) {
    Long v = get(name, Long.class, "an integer");
    return v == null ? otherwise : v;
  }

  public float real(String name, float otherwise) {
    Float v = get(name, Float.class, "a number");
    return v == null ? otherwise : v;
  }

  public String text(String name, String otherwise) {
    String v = get(name, String.class, "a text");
    return v == null ? otherwise : v;
  }

  /** Returns the strings of an attribute; null if the attribute is missing. */
  public @Nullable List<String> texts(String name) {
    Texts v = get(name, Texts.class, "a list of texts");
    return v == null ? null : v.all();
  }

  /** Returns the integers of an attribute; null if the attribute is missing. */
  public long @Nullable [] numbers(String name) {
    return get(name, long[].class, "integers");
  }

  public long[] numbers(String name, long... otherwise) {
    long[] v = numbers(name);
    return v == null ? otherwise : v;
  }

  /** Returns the floats of an attribute; null if the attribute is missing. */
  public float @Nullable [] reals(String name) {
    return get(name, float[].class, "numbers");
  }

  /** Returns the tensor of an attribute; null if the attribute is missing. */
  public @Nullable Const tensor(String name) {
    return get(name, Const.class, "a tensor");
  }

  /** Returns the subgraph of an attribute; null if the attribute is missing. */
  public @Nullable Branch branch(String name) {
    return get(name, Branch.class, "a graph");
  }

  /** Returns all subgraphs in the attributes. */
  public List<Branch> branches() {
    return values.values().stream()
        .filter(Branch.class::isInstance)
        .map(Branch.class::cast)
        .toList();
  }

  private <T> @Nullable T get(String name, Class<T> kind, String what) {
    Object v = values.get(name);
    if (v == null) {
      return null;
    }
    if (!kind.isInstance(v)) {
      throw new Refusal("attribute " + name + " is not " + what);
    }
    return kind.cast(v);
  }
}
