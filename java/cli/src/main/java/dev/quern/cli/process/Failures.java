package dev.quern.cli.process;

import dev.quern.error.QuernException;
import dev.quern.internal.messages.FileReason;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Reports failed commands: one line on standard error and an exit status. */
public final class Failures {
  public static final String DEBUG = "--debug";

  public static final int OK = 0;
  public static final int FAILED = 1;
  public static final int USAGE = 2;

  /** The exit status after Ctrl-C. The JVM itself exits with 130 or 143 if a signal ends it. */
  public static final int STOPPED = 130;

  /**
   * The exit status if standard output is a closed pipe, as if SIGPIPE had ended the process. The
   * JVM ignores SIGPIPE.
   */
  public static final int PIPE_CLOSED = 141;

  private final PrintWriter err;
  private final List<String> args;
  private final boolean debug;

  public Failures(PrintWriter err, String... args) {
    this.err = err;
    this.args = List.of(args);
    this.debug = this.args.contains(DEBUG);
  }

  /**
   * Reports a wrong command line, and returns the exit status. Prints the usage unless only one
   * argument or value is wrong.
   */
  public int usage(ParameterException e) {
    boolean missing = e instanceof MissingParameterException m && !isGiven(m);
    Optional<UnknownWord> unknown = UnknownWord.of(e);
    // a missing option may have been misspelled
    if (unknown.isPresent() && (missing || e instanceof UnmatchedArgumentException)) {
      line(err, unknown.get().message());
      trace(e);
      return USAGE;
    }
    line(err, e.getMessage());
    boolean value =
        e instanceof BadValueException
            || e.getArgSpec() != null
            || e instanceof MissingParameterException;
    if (!value || missing) {
      printUsage(e.getCommandLine());
    }
    trace(e);
    return USAGE;
  }

  /** Returns whether the command line contains the option, so that only its value is missing. */
  private boolean isGiven(MissingParameterException e) {
    return e.getMissing().stream()
        .anyMatch(
            a -> a instanceof OptionSpec o && args.stream().anyMatch(List.of(o.names())::contains));
  }

  /** Prints the help of the program, which lists the commands, or the synopsis of a command. */
  private void printUsage(CommandLine command) {
    if (command.getParent() == null) {
      command.usage(err);
    } else {
      CommandLine.Help help = command.getHelp();
      err.print(help.synopsisHeading() + help.synopsis(help.synopsisHeadingLength()));
      err.println("(" + command.getCommandSpec().qualifiedName() + " --help has details)");
    }
  }

  /**
   * Reports the failure of a command with valid options, and returns the exit status. A failure
   * that the JVM's shutdown causes is not reported.
   */
  public int failed(Throwable e) {
    if (!(e instanceof QuernException) && Interruption.ending()) {
      return STOPPED;
    }
    line(err, reason(e));
    trace(e);
    return FAILED;
  }

  private void trace(Throwable e) {
    if (debug) {
      e.printStackTrace(err);
    }
    err.flush();
  }

  /** Prints a message as one line. Control characters, for example in file names, are replaced. */
  public static void line(PrintWriter err, String message) {
    err.println("quern: " + printable(message));
  }

  /** Prints why an operation on a file failed; the message names the file. */
  public static void line(PrintWriter err, String operation, Path file, QuernException e) {
    String why = e.getMessage();
    line(err, why.contains(file.toString()) ? why : operation + ": " + file + ": " + why);
  }

  /**
   * Returns a text with each sequence of line breaks and other control characters replaced by one
   * space.
   */
  public static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\x80-\\x9f\\u2028\\u2029]+", " ").strip();
  }

  public static String reason(Throwable e) {
    if (e instanceof QuernException) {
      return e.getMessage();
    }
    if (e instanceof OutOfMemoryError) {
      return "out of memory: the JVM's heap is limited to "
          + (Runtime.getRuntime().maxMemory() >> 20)
          + " MiB (JDK_JAVA_OPTIONS=-Xmx4g raises that)";
    }
    if (e instanceof FileSystemException f) {
      return f.getFile() + ": " + FileReason.of(f);
    }
    if (e instanceof IOException io) {
      return FileReason.of(io);
    }
    return "internal error: " + e + " (" + DEBUG + " shows where)";
  }
}
