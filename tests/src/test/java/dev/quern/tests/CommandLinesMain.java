package dev.quern.tests;

import dev.quern.cli.Main;
import dev.quern.engine.Engine;
import java.io.PrintWriter;
import java.io.StringWriter;

/** Runs its arguments, each of them a command line, one after the other, until one fails. */
final class CommandLinesMain {
  private CommandLinesMain() {}

  public static void main(String[] args) {
    // other tests have the other cores: more threads would only wait for each other
    Engine.setThreads(1);
    for (String line : args) {
      StringWriter text = new StringWriter();
      PrintWriter out = new PrintWriter(text, true);
      int status = Main.run(out, out, line.split(" "));
      if (status != 0 || text.toString().isEmpty()) {
        throw new AssertionError("quern " + line + " ended with " + status + ": " + text);
      }
    }
  }
}
