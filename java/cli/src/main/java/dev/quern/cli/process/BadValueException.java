package dev.quern.cli.process;

import dev.quern.error.InvalidArgumentException;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** An option's value breaks its rule: one line and exit status 2. */
public final class BadValueException extends ParameterException {
  private static final long serialVersionUID = 1L;

  /** The line is the message. */
  public BadValueException(CommandSpec command, String message) {
    super(command.commandLine(), message);
  }

  /**
   * Rather than take an option and do nothing with it.
   *
   * @param why the line for the name of one that is given
   */
  public static void refuse(CommandSpec command, List<String> options, UnaryOperator<String> why) {
    for (String name : options) {
      if (command.commandLine().getParseResult().hasMatchedOption(name)) {
        throw new BadValueException(command, why.apply(name));
      }
    }
  }

  /**
   * Returns the result of {@code work}, in which an invalid argument can only come from an option.
   */
  public static <T> T check(CommandSpec command, Supplier<T> work) {
    try {
      return work.get();
    } catch (InvalidArgumentException e) {
      throw new BadValueException(command, e.getMessage());
    }
  }
}
