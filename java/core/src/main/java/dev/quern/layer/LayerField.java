package dev.quern.layer;

import dev.quern.tensor.Sides;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One option of a {@link LayerType}.
 *
 * @param name its key in files, PyTorch's where that has the option
 * @param kind the type of its values
 * @param choices the enum whose constants it takes; null unless it is a {@link Kind#CHOICE}
 * @param of returns the option's value of a layer
 * @param otherwise the default, which may follow from the options before it; null where it is
 *     mandatory
 */
public record LayerField<L extends Layer>(
    String name,
    Kind kind,
    @Nullable Class<? extends Enum<?>> choices,
    Function<? super L, ?> of,
    @Nullable Function<FieldValues, ?> otherwise) {

  /** Type of an option's value. */
  public enum Kind {
    /** An {@code Integer}. */
    INTEGER,
    /** A {@code Float}; infinite ones are there only as defaults. */
    NUMBER,
    /** A {@code Boolean}. */
    FLAG,
    /** A {@link dev.quern.tensor.Size}: height and width, or one number for both. */
    SIZE,
    /** A {@link dev.quern.tensor.Shape}. */
    SHAPE,
    /** A {@code List<Integer>}. */
    INTEGERS,
    /** A {@code float[]}. */
    NUMBERS,
    /** A constant of an enum. */
    CHOICE,
    /** {@link Sides}: one number, or left, right, top and bottom. */
    SIDES,
    /** A {@link Padding} that is not "same": one number, height and width, or all four sides. */
    PADDING,
    /** A {@link Padding}: the same, or "same". */
    PADDING_OR_SAME
  }

  /**
   * The padding of a window.
   *
   * @param sides how much at each; 0 where it is "same"
   * @param same whether it is as much as leaves the image's size
   */
  public record Padding(Sides sides, boolean same) {}

  /** Whether a file has to say it. */
  public boolean isMandatory() {
    return otherwise == null;
  }
}
