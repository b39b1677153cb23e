package dev.quern.cli;

import dev.quern.error.InvalidArgumentException;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** An option's value breaks its rule: one line and exit status 2. */
public final class BadValueException extends ParameterException {
  private static final long serialVersionUID = 1L;

  /** The line is the message. */
  public BadValueException(CommandSpec command, String message) {
    super(command.commandLine(), message);
  }

  /** What {@code work} returns, where an invalid argument can only come from an option. */
  public static <T> T check(CommandSpec command, Supplier<T> work) {
    try {
      return work.get();
    } catch (InvalidArgumentException e) {
      throw new BadValueException(command, e.getMessage());
    }
  }
}
