package dev.quern.layer;

import dev.quern.tensor.Sides;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One option of a {@link LayerType}.
 *
 * @param name the option's key in files: PyTorch's name if PyTorch has the option
 * @param kind the type of the option's values
 * @param choices the enum of a {@link Kind#CHOICE}; null for other kinds
 * @param of reads the option's value from a layer
 * @param otherwise the default, which may depend on the options before this one; null if the option
 *     is mandatory
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
    /** A {@code Float}; infinities are allowed only as defaults. */
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
    /** A {@link Sides}: one number, or left, right, top and bottom. */
    SIDES,
    /** A {@link Padding} that is not "same": one number, height and width, or all four sides. */
    PADDING,
    /** A {@link Padding}: one number, height and width, all four sides, or "same". */
    PADDING_OR_SAME
  }

  /**
   * The padding of a window.
   *
   * @param sides the padding of each side; 0 if {@code same}
   * @param same whether the padding is "same": as much as keeps the image's size
   */
  public record Padding(Sides sides, boolean same) {}

  /** Returns whether the option has no default and must be present in a file. */
  public boolean isMandatory() {
    return otherwise == null;
  }
}
