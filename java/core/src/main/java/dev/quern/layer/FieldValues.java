package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerField.Padding;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import dev.quern.tensor.Size3;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values of a layer's options by name, from which {@link LayerType#make} creates the layer. */
public final class FieldValues {
  private final Map<String, Object> values = new HashMap<>();

  /** Creates an empty set of values. */
  public FieldValues() {}

  /** Sets an option's value; the option's {@link LayerField.Kind} determines the value's class. */
  public FieldValues put(String name, Object value) {
    values.put(Require.present("layer", "option", name), Require.present("layer", "value", value));
    return this;
  }

  public int integer(String name) {
    return get(name, Integer.class);
  }

  public float number(String name) {
    return get(name, Float.class);
  }

  public boolean flag(String name) {
    return get(name, Boolean.class);
  }

  public Size size(String name) {
    return get(name, Size.class);
  }

  public Size3 size3(String name) {
    return get(name, Size3.class);
  }

  public Shape shape(String name) {
    return get(name, Shape.class);
  }

  @SuppressWarnings("unchecked") // all lists are of kind INTEGERS
  public List<Integer> integers(String name) {
    return get(name, List.class);
  }

  public float[] numbers(String name) {
    return get(name, float[].class);
  }

  public <E extends Enum<E>> E choice(String name, Class<E> of) {
    return get(name, of);
  }

  public Sides sides(String name) {
    return get(name, Sides.class);
  }

  public Padding padding(String name) {
    return get(name, Padding.class);
  }

  private <T> T get(String name, Class<T> type) {
    Object value = values.get(Require.present("layer", "option", name));
    Require.present("layer", "class", type);
    if (!type.isInstance(value)) {
      throw new InvalidArgumentException(
          "layer: option " + name + " is " + value + ", expected type " + type.getSimpleName());
    }
    return type.cast(value);
  }
}
