package dev.quern.cli.process;

import dev.quern.error.InvalidArgumentException;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Thrown when the value of an option is not valid; the program prints one line and exits with
 * status 2.
 */
public final class BadValueException extends ParameterException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with the line to print. */
  public BadValueException(CommandSpec command, String message) {
    super(command.commandLine(), message);
  }

  /**
   * Throws an exception if one of these options is given, because the option would have no effect.
   *
   * @param why a function from the name of a given option to the line to print
   */
  public static void refuse(CommandSpec command, List<String> options, UnaryOperator<String> why) {
    for (String name : options) {
      if (command.commandLine().getParseResult().hasMatchedOption(name)) {
        throw new BadValueException(command, why.apply(name));
      }
    }
  }

  /**
   * Returns the result of {@code work}. If {@code work} throws an {@code InvalidArgumentException},
   * throws a {@code BadValueException} instead.
   */
  public static <T> T check(CommandSpec command, Supplier<T> work) {
    try {
      return work.get();
    } catch (InvalidArgumentException e) {
      throw new BadValueException(command, e.getMessage());
    }
  }
}
