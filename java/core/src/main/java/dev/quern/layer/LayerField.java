package dev.quern.layer;

import dev.quern.tensor.Sides;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One option of a {@link LayerType}.
 *
 * @param name the option's key in files: PyTorch's name if PyTorch has the option
 * @param kind the type of the option's values
 * @param choices the enum class of a {@link Kind#CHOICE} option; null for other kinds
 * @param of the getter of the option's value
 * @param otherwise the function that computes the default, possibly from earlier options; null if
 *     the option is mandatory
 */
public record LayerField<L extends Layer>(
    String name,
    Kind kind,
    @Nullable Class<? extends Enum<?>> choices,
    Function<? super L, ?> of,
    @Nullable Function<FieldValues, ?> otherwise) {

  /** The type of an option's value. */
  public enum Kind {
    /** An {@code Integer}. */
    INTEGER,
    /** A {@code Float}; infinities are allowed only as defaults. */
    NUMBER,
    /** A {@code Boolean}. */
    FLAG,
    /** A {@link dev.quern.tensor.Size}: height and width, or one number for both. */
    SIZE,
    /** A {@link dev.quern.tensor.Size3}: depth, height and width, or one number for all three. */
    SIZE3,
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
    /** A {@link Padding} other than "same": one number, height and width, or all four sides. */
    PADDING,
    /** Any {@link Padding}: one number, height and width, all four sides, or "same". */
    PADDING_OR_SAME
  }

  /**
   * The padding of a convolution or pooling window.
   *
   * @param sides the padding of each side; zeros if {@code same}
   * @param same whether the padding is "same": the output is as large as the input
   */
  public record Padding(Sides sides, boolean same) {}

  /** Returns whether the option has no default and must be present in a file. */
  public boolean isMandatory() {
    return otherwise == null;
  }
}
