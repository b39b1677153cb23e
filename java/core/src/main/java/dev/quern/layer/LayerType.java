package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerField.Kind;
import dev.quern.layer.LayerField.Padding;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The name and the options of a type of layers, said once, beside the layer. Files, listings and
 * tests that go through all layers go by it; {@code dev.quern.network.LayerTypes} has all of them.
 * Immutable and thread-safe.
 */
public final class LayerType<L extends Layer> {
  private final String name;
  private final Class<L> layer;
  private final List<LayerField<L>> fields;
  private final Function<FieldValues, L> maker;
  private final @Nullable OnnxOperator onnx;

  /**
   * The ONNX operator that is the same function of one value.
   *
   * @param name for example {@code LeakyRelu}
   * @param attributes the attribute that each option is, in the options' order, with ONNX's default
   *     where the option has one
   */
  public record OnnxOperator(String name, List<String> attributes) {
    public OnnxOperator {
      attributes = Require.all("layer", "attributes", attributes);
    }
  }

  private LayerType(
      String name,
      Class<L> layer,
      List<LayerField<L>> fields,
      Function<FieldValues, L> maker,
      @Nullable OnnxOperator onnx) {
    this.name = name;
    this.layer = layer;
    this.fields = List.copyOf(fields);
    this.maker = maker;
    this.onnx = onnx;
  }

  /**
   * The same type, which an ONNX operator of all opsets that Quern knows is, too.
   *
   * @param attributes one for each option
   */
  public LayerType<L> onnx(String operator, String... attributes) {
    Require.present(name, "operator", operator);
    List<String> all = Require.all(name, "attributes", List.of(attributes));
    if (all.size() != fields.size()) {
      throw new InvalidArgumentException(
          name + ": " + all.size() + " ONNX attributes for " + fields.size() + " options");
    }
    return new LayerType<>(name, layer, fields, maker, new OnnxOperator(operator, all));
  }

  /** The ONNX operator that it is; null where it takes more to say it in ONNX. */
  public @Nullable OnnxOperator onnx() {
    return onnx;
  }

  /** A type with options, of which the caller names one after the other. */
  public static <L extends Layer> Options<L> of(String name, Class<L> layer) {
    return new Options<>(
        Require.present("layer", "name", name), Require.present("layer", "class", layer));
  }

  /** A type without options. */
  public static <L extends Layer> LayerType<L> of(String name, Class<L> layer, Supplier<L> maker) {
    Require.present("layer", "maker", maker);
    return of(name, layer).made(v -> maker.get());
  }

  /** The layer's {@link Layer#type}. */
  public String name() {
    return name;
  }

  /** The record that describes such a layer. */
  public Class<L> layer() {
    return layer;
  }

  /** The options, in the order in which files have them. */
  public List<LayerField<L>> fields() {
    return fields;
  }

  /**
   * The layer of these values; those that are missing get their defaults.
   *
   * @throws dev.quern.error.InvalidArgumentException if a mandatory one is missing, one has another
   *     kind, or the layer refuses it
   */
  public L make(FieldValues values) {
    return maker.apply(Require.present(name, "values", values));
  }

  /** Collects the options of a type, each with its name, its default if any, and its getter. */
  public static final class Options<L extends Layer> {
    private final String name;
    private final Class<L> layer;
    private final List<LayerField<L>> fields = new ArrayList<>();

    private Options(String name, Class<L> layer) {
      this.name = name;
      this.layer = layer;
    }

    private Options<L> add(
        String field, Kind kind, Function<? super L, ?> of, @Nullable Object otherwise) {
      return add(field, kind, of, otherwise == null ? null : v -> otherwise);
    }

    private Options<L> add(
        String field,
        Kind kind,
        Function<? super L, ?> of,
        @Nullable Function<FieldValues, ?> otherwise) {
      fields.add(new LayerField<>(field, kind, null, of, otherwise));
      return this;
    }

    public Options<L> integer(String field, Function<? super L, Integer> of) {
      return add(field, Kind.INTEGER, of, null);
    }

    public Options<L> integer(String field, int otherwise, Function<? super L, Integer> of) {
      return add(field, Kind.INTEGER, of, (Object) otherwise);
    }

    /** An integer that is another option's unless it is said. */
    public Options<L> integerAs(String field, String other, Function<? super L, Integer> of) {
      return add(field, Kind.INTEGER, of, v -> v.integer(other));
    }

    public Options<L> number(String field, Function<? super L, Float> of) {
      return add(field, Kind.NUMBER, of, null);
    }

    public Options<L> number(String field, float otherwise, Function<? super L, Float> of) {
      return add(field, Kind.NUMBER, of, (Object) otherwise);
    }

    public Options<L> flag(String field, boolean otherwise, Function<? super L, Boolean> of) {
      return add(field, Kind.FLAG, of, (Object) otherwise);
    }

    /** A flag that is another option's unless it is said. */
    public Options<L> flagAs(String field, String other, Function<? super L, Boolean> of) {
      return add(field, Kind.FLAG, of, v -> v.flag(other));
    }

    public Options<L> size(String field, Function<? super L, Size> of) {
      return add(field, Kind.SIZE, of, null);
    }

    public Options<L> size(String field, Size otherwise, Function<? super L, Size> of) {
      return add(field, Kind.SIZE, of, (Object) otherwise);
    }

    /** Adds a size; its default is the value of another option. */
    public Options<L> sizeAs(String field, String other, Function<? super L, Size> of) {
      return add(field, Kind.SIZE, of, v -> v.size(other));
    }

    public Options<L> shape(String field, Function<? super L, Shape> of) {
      return add(field, Kind.SHAPE, of, null);
    }

    public Options<L> integers(String field, Function<? super L, List<Integer>> of) {
      return add(field, Kind.INTEGERS, of, null);
    }

    public Options<L> numbers(String field, Function<? super L, float[]> of) {
      return add(field, Kind.NUMBERS, of, null);
    }

    /**
     * @param otherwise null where it is mandatory
     */
    public <E extends Enum<E>> Options<L> choice(
        String field, Class<E> choices, @Nullable E otherwise, Function<? super L, E> of) {
      Function<FieldValues, E> value = otherwise == null ? null : v -> otherwise;
      fields.add(new LayerField<>(field, Kind.CHOICE, choices, of, value));
      return this;
    }

    public Options<L> sides(String field, Function<? super L, Sides> of) {
      return add(field, Kind.SIDES, of, null);
    }

    /**
     * Padding, none unless it is said.
     *
     * @param same whether it may be "same"
     */
    public Options<L> padding(String field, boolean same, Function<? super L, Padding> of) {
      Padding none = new Padding(new Sides(0, 0, 0, 0), false);
      return add(field, same ? Kind.PADDING_OR_SAME : Kind.PADDING, of, (Object) none);
    }

    /** All options of another type, by the layer of that type in this one. */
    public <M extends Layer> Options<L> all(LayerType<M> other, Function<? super L, M> inner) {
      Require.present(name, "other type", other);
      Require.present(name, "inner layer", inner);
      for (LayerField<M> f : other.fields()) {
        Function<L, Object> of = l -> f.of().apply(inner.apply(l));
        fields.add(new LayerField<>(f.name(), f.kind(), f.choices(), of, f.otherwise()));
      }
      return this;
    }

    /** The type with all these options. */
    public LayerType<L> made(Function<FieldValues, L> maker) {
      return new LayerType<>(name, layer, fields, Require.present(name, "maker", maker), null);
    }
  }
}
