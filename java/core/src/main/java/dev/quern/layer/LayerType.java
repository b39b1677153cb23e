package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerField.Kind;
import dev.quern.layer.LayerField.Padding;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import dev.quern.tensor.Size3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The name and the options of a layer type, used by file formats, listings and tests to read and
 * create layers. {@code dev.quern.network.LayerTypes} lists all types. Immutable and thread-safe.
 */
public final class LayerType<L extends Layer> {
  private final String name;
  private final Class<L> layer;
  private final List<LayerField<L>> fields;
  private final Function<FieldValues, L> maker;
  private final @Nullable OnnxOperator onnx;

  /**
   * A single-input ONNX operator that is equivalent to a layer type.
   *
   * @param name the operator's name, for example {@code LeakyRelu}
   * @param attributes the ONNX attribute of each option, in the options' order; attribute and
   *     option have equal defaults
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
   * Returns a copy of this type with its equivalent ONNX operator, which exists in all supported
   * opsets.
   *
   * @param attributes the ONNX attribute of each option, in the options' order
   */
  public LayerType<L> onnx(String operator, String... attributes) {
    Require.present(name, "operator", operator);
    String[] given = Require.present(name, "attributes", attributes);
    List<String> all = Require.all(name, "attributes", Arrays.asList(given));
    if (all.size() != fields.size()) {
      throw new InvalidArgumentException(
          name + ": " + all.size() + " ONNX attributes do not fit " + fields.size() + " options");
    }
    return new LayerType<>(name, layer, fields, maker, new OnnxOperator(operator, all));
  }

  /**
   * Returns the equivalent ONNX operator; null if one operator with one attribute per option does
   * not suffice.
   */
  public @Nullable OnnxOperator onnx() {
    return onnx;
  }

  /** Starts the definition of a type with options, which the caller adds one by one. */
  public static <L extends Layer> Options<L> of(String name, Class<L> layer) {
    return new Options<>(
        Require.present("layer", "name", name), Require.present("layer", "class", layer));
  }

  /** Creates a type without options. */
  public static <L extends Layer> LayerType<L> of(String name, Class<L> layer, Supplier<L> maker) {
    Require.present("layer", "maker", maker);
    return of(name, layer).made(v -> maker.get());
  }

  /** Returns the type's name, which is the layer's {@link Layer#type}. */
  public String name() {
    return name;
  }

  /** Returns the Java class of layers of this type. */
  public Class<L> layer() {
    return layer;
  }

  /** Returns the options, in their order in files. */
  public List<LayerField<L>> fields() {
    return fields;
  }

  /**
   * Creates a layer from option values; missing options get their defaults.
   *
   * @throws dev.quern.error.InvalidArgumentException if a mandatory option is missing, a value has
   *     the wrong kind, or the layer rejects a value
   */
  public L make(FieldValues values) {
    return maker.apply(Require.present(name, "values", values));
  }

  /** A builder of a layer type, which collects each option's name, default value and getter. */
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

    /** Adds an integer option whose default is the value of another option. */
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

    /** Adds a boolean option whose default is the value of another option. */
    public Options<L> flagAs(String field, String other, Function<? super L, Boolean> of) {
      return add(field, Kind.FLAG, of, v -> v.flag(other));
    }

    public Options<L> size(String field, Function<? super L, Size> of) {
      return add(field, Kind.SIZE, of, null);
    }

    public Options<L> size(String field, Size otherwise, Function<? super L, Size> of) {
      return add(field, Kind.SIZE, of, (Object) otherwise);
    }

    /** Adds a {@link Size} option whose default is the value of another option. */
    public Options<L> sizeAs(String field, String other, Function<? super L, Size> of) {
      return add(field, Kind.SIZE, of, v -> v.size(other));
    }

    public Options<L> size3(String field, Function<? super L, Size3> of) {
      return add(field, Kind.SIZE3, of, null);
    }

    public Options<L> size3(String field, Size3 otherwise, Function<? super L, Size3> of) {
      return add(field, Kind.SIZE3, of, (Object) otherwise);
    }

    /** Adds a {@link Size3} option whose default is the value of another option. */
    public Options<L> size3As(String field, String other, Function<? super L, Size3> of) {
      return add(field, Kind.SIZE3, of, v -> v.size3(other));
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
     * Adds an option whose values are enum constants.
     *
     * @param otherwise the default; null if the option is mandatory
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
     * Adds a padding option with default 0.
     *
     * @param same whether the value "same" is allowed
     */
    public Options<L> padding(String field, boolean same, Function<? super L, Padding> of) {
      Padding none = new Padding(new Sides(0, 0, 0, 0), false);
      return add(field, same ? Kind.PADDING_OR_SAME : Kind.PADDING, of, (Object) none);
    }

    /** Adds all options of a wrapped layer's type; {@code inner} returns the wrapped layer. */
    public <M extends Layer> Options<L> all(LayerType<M> other, Function<? super L, M> inner) {
      Require.present(name, "other type", other);
      Require.present(name, "inner layer", inner);
      for (LayerField<M> f : other.fields()) {
        Function<L, Object> of = l -> f.of().apply(inner.apply(l));
        fields.add(new LayerField<>(f.name(), f.kind(), f.choices(), of, f.otherwise()));
      }
      return this;
    }

    /** Returns the type with all added options; {@code maker} creates layers from option values. */
    public LayerType<L> made(Function<FieldValues, L> maker) {
      return new LayerType<>(name, layer, fields, Require.present(name, "maker", maker), null);
    }
  }
}
