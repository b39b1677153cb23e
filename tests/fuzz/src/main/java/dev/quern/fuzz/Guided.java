package dev.quern.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What Jazzer calls in a child JVM, instead of {@link Child}'s loop: libFuzzer makes each case's
 * bytes, and prefers what reached new code. Jazzer never sees a failure: it would end at the first.
 */
public final class Guided {
  private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";
  private static final String ARGUMENTS = "quern.fuzz.child";

  /** So many cases by seeds are what libFuzzer begins with. */
  private static final int FIRST_CORPUS = 300;

  private static Child child;

  private Guided() {}

  /** Whether Jazzer is on the class path and runs on this platform. */
  static boolean isThere() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch");
    return Guided.class.getClassLoader().getResource(JAZZER.replace('.', '/') + ".class") != null
        && name.startsWith("linux")
        && arch.equals("amd64");
  }

  /**
   * The end of the command line of a child that Jazzer drives.
   *
   * @param corpus the folder of inputs that reached new code, kept from child to child
   * @param arguments {@link Child}'s
   */
  static List<String> command(Path corpus, long seed, List<String> arguments) throws IOException {
    if (!Files.exists(corpus)) {
      Files.createDirectories(corpus);
      for (int i = 0; i < FIRST_CORPUS; i++) {
        Files.write(corpus.resolve("seed-" + i), BytesAttack.bytes(Child.seed(seed, i)));
      }
    }
    List<String> command = new ArrayList<>();
    command.add("-XX:+EnableDynamicAgentLoading");
    command.add("-D" + ARGUMENTS + "=" + String.join("\n", arguments));
    command.add(JAZZER);
    command.add("--target_class=" + Guided.class.getName());
    command.add("--instrumentation_includes=dev.quern.**");
    command.add("--instrumentation_excludes=dev.quern.fuzz.**:dev.quern.bindings.**");
    command.add("--trace=cov:cmp");
    command.add("--disabled_hooks=" + String.join(":", sanitizers()));
    command.add("-max_len=" + BytesAttack.MOST);
    command.add("-len_control=0");
    command.add("-runs=" + arguments.get(4));
    command.add("-rss_limit_mb=0");
    command.add("-malloc_limit_mb=0");
    command.add("-print_final_stats=0");
    command.add("-verbosity=0");
    command.add("-seed=" + (Child.seed(seed, Long.parseLong(arguments.get(3))) & 0x7fffffff));
    command.add(corpus.toString());
    return command;
  }

  /** Jazzer's own checks: they are for servers, and take any use of the network for a finding. */
  private static List<String> sanitizers() {
    try {
      List<String> names = new ArrayList<>();
      Class<?> constants = Class.forName("com.code_intelligence.jazzer.sanitizers.Constants");
      for (Object name : (List<?>) constants.getField("SANITIZER_HOOK_NAMES").get(null)) {
        names.add((String) name);
      }
      return names;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Jazzer is another than the one that is known", e);
    }
  }

  /** Called by Jazzer, once a case. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    if (child == null) {
      child = new Child(System.getProperty(ARGUMENTS).split("\n"));
    }
    child.next(input); // behind the last case libFuzzer ends by itself, see -runs
  }
}
