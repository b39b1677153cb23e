package dev.quern.fuzz.api;

import dev.quern.error.QuernException;
import dev.quern.layer.Layer;
import dev.quern.layer.Quantized;
import dev.quern.network.LayerTypes;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import dev.quern.tensor.Size3;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Layers of every type with random options, found by reflection. */
final class Layers {
  private static final int TRIES = 12;

  /** All native layers. */
  static final List<Class<? extends Layer>> TYPES = LayerTypes.family(Layer.class);

  private Layers() {}

  /** A layer that takes these inputs, if one is found soon. */
  static Layer fitting(Draw draw, List<Shape> inputs) {
    Layer layer = any(draw, inputs.get(0));
    for (int i = 0; i < TRIES && !fits(layer, inputs); i++) {
      layer = any(draw, inputs.get(0));
    }
    return layer;
  }

  private static boolean fits(Layer layer, List<Shape> inputs) {
    try {
      return layer.merges() == inputs.size() > 1 && layer.outputShape(inputs).elements() > 0;
    } catch (QuernException e) {
      return false;
    }
  }

  /** A layer of any type, whose options are small enough for small images. */
  static Layer any(Draw draw, Shape input) {
    while (true) {
      Layer layer = make(draw.of(TYPES), draw, input);
      if (layer != null) {
        return layer;
      }
    }
  }

  /** Null where the options do not go together. */
  private static Layer make(Class<?> type, Draw draw, Shape input) {
    RecordComponent[] parts = type.getRecordComponents();
    Class<?>[] types = Arrays.stream(parts).map(RecordComponent::getType).toArray(Class<?>[]::new);
    boolean quantized = Quantized.class.isAssignableFrom(type);
    Object[] values = new Object[parts.length];
    for (int i = 0; i < values.length; i++) {
      boolean one = parts[i].getName().equals("windows") && !draw.once(4); // divides all tokens
      boolean largest = quantized && types[i] == int.class;
      values[i] = one ? 1 : largest ? largest(draw) : option(types[i], draw, input);
    }
    try {
      Constructor<?> canonical = type.getConstructor(types);
      return (Layer) canonical.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof QuernException) {
        return null;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of whole weights, which there are two of. */
  private static Object largest(Draw draw) {
    return draw.once(9) ? 7 : draw.of(Quantized.LARGEST, Quantized.WIDEST);
  }

  private static Object option(Class<?> type, Draw draw, Shape input) {
    if (type == int.class) {
      return draw.of(0, 1, 1, 1, 2, 2, 2, 3, 4, 6);
    } else if (type == boolean.class) {
      return draw.once(2);
    } else if (type == float.class) {
      return draw.of(0f, 1e-5f, 1e-3f, 0.1f, 0.5f, 0.9f, 1f);
    } else if (type == Size.class) {
      return draw.once(3) ? new Size(edge(draw), edge(draw)) : Size.of(edge(draw));
    } else if (type == Size3.class) {
      return draw.once(3) ? new Size3(edge(draw), edge(draw), edge(draw)) : Size3.of(edge(draw));
    } else if (type == Sides.class) {
      return draw.once(4) // padding is said in one way
          ? new Sides(edge(draw), edge(draw), edge(draw), edge(draw))
          : null;
    } else if (type == Shape.class) {
      return draw.once(2) || input.rank() == 0 ? input : tail(draw, input);
    } else if (type == List.class) {
      return numbers(draw, input);
    } else if (type == float[].class) {
      return new float[draw.once(2) ? draw.below(9) : (int) Math.min(input.elements(), 99)];
    } else if (type.isEnum()) {
      return draw.of(type.getEnumConstants());
    } else if (Layer.class.isAssignableFrom(type)) { // of a quantized layer the one of floats
      return make(type, draw, input);
    }
    throw new IllegalStateException("an option of " + type + " is new: tell here how to draw it");
  }

  /** Axes, an order of axes, or dimensions. */
  private static List<Integer> numbers(Draw draw, Shape input) {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < (draw.once(2) ? input.rank() : draw.below(4)); i++) {
      all.add(draw.once(2) ? i : draw.of(-2, -1, 0, 1, 2, 3, 6));
    }
    return all;
  }

  private static int edge(Draw draw) {
    return draw.of(0, 1, 1, 1, 1, 2, 2, 3, 3, 5);
  }

  private static Shape tail(Draw draw, Shape input) {
    long[] dims = input.toArray();
    return Shape.of(Arrays.copyOfRange(dims, draw.below(dims.length), dims.length));
  }
}
