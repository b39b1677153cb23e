package dev.quern.fuzz.faults;

import java.util.List;
import java.util.regex.Pattern;

/** What the output of a run says of its end. */
final class Outputs {
  /** A frame of a stack trace, and the heads of those that have none. */
  private static final Pattern TRACE =
      Pattern.compile(
          "(?m)^\\s+at [\\w.$/<>]+\\(|^Exception: |Exception in thread|internal error|"
              + "fatal error has been detected|terminate called|NullPointerException");

  /** One line, of an operation and what is wrong with it. */
  private static final Pattern TYPED =
      Pattern.compile("(?m)^(" + Tiny.TYPED + "\\w+|quern): .*\\w+.*");

  /** The JVM and its launcher end themselves where the system does not give what they need. */
  private static final List<String> OF_THE_JVM =
      List.of(
          "Error occurred during initialization of VM",
          "Error occurred during initialization of boot layer",
          "insufficient memory for the Java Runtime Environment",
          "Error: A JNI error has occurred",
          "Error: Could not create the Java Virtual Machine",
          "Error: Could not find or load main class",
          "Error: Unable to initialize main class",
          "Failed to create the main thread",
          "Error loading java.security file",
          "error while loading shared libraries");

  /** A class or a library of the JVM's whose file cannot be opened; no initializer that failed. */
  private static final Pattern UNREADABLE =
      Pattern.compile(
          "NoClassDefFoundError: \\w+/|VerifyError: Could not link verifier|ClassNotFoundException: "
              + "|UnsatisfiedLinkError: \\S+/lib/lib\\w+\\.so: .*Too many open files");

  private Outputs() {}

  static boolean isOfTheJvm(String output) {
    return OF_THE_JVM.stream().anyMatch(output::contains) || UNREADABLE.matcher(output).find();
  }

  /** Whether a failure is told otherwise than by a typed error. */
  static boolean isUntyped(String output, int status) {
    if (isOfTheJvm(output)) {
      return false;
    }
    boolean told = status != 1 && status != 2 || TYPED.matcher(output).find() || isHeap(output);
    return !told || TRACE.matcher(output).find();
  }

  static boolean isHeap(String output) {
    return output.contains(Tiny.HEAP);
  }
}
