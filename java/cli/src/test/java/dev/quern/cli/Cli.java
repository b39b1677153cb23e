package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.process.Failures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;

/** Runs command lines in this process. */
public final class Cli {
  private Cli() {}

  /** How a command line ended and what it printed. */
  public record Result(int status, String out, String err) {
    public Result succeeds() {
      assertThat(err).isEmpty();
      assertThat(status).isZero();
      return this;
    }

    /** Asserts that it ended as failed work does: status 1 and one line that has all of these. */
    public Result fails(String... parts) {
      return endsWith(Failures.FAILED, parts);
    }

    /** Asserts that it ended as a bad option value does: status 2 and one line. */
    public Result isRefused(String... parts) {
      return endsWith(Failures.USAGE, parts);
    }

    private Result endsWith(int wanted, String... parts) {
      assertThat(err.lines()).as("lines on standard error").hasSize(1);
      assertThat(err).startsWith("quern: ").contains(parts).doesNotContain("internal error");
      assertThat(status).as("exit status").isEqualTo(wanted);
      return this;
    }

    public List<String> lines() {
      return out.lines().toList();
    }

    public String lastLine() {
      return lines().get(lines().size() - 1);
    }
  }

  /** A line in two parts. */
  public static Result run(List<?> first, Object... more) {
    return run(joined(first, more));
  }

  /** The words of a line in two parts. */
  public static Object[] joined(List<?> first, Object... more) {
    return Stream.concat(first.stream(), Stream.of(more)).toArray();
  }

  public static Result run(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = List.of(args).stream().map(Object::toString).toArray(String[]::new);
    int status = Main.run(new PrintWriter(out), new PrintWriter(err), words);
    return new Result(status, out.toString(), err.toString());
  }
}
