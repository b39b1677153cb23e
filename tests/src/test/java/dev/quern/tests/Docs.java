package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Programs and commands of the project's pages, run as they stand. */
final class Docs {
  private static final int PATIENCE_MINUTES = 15;
  static final String MANUAL = "java/manual";
  static final Path ROOT = Path.of(System.getProperty("quern.root")).toAbsolutePath();

  private Docs() {}

  /** The pages of the manual in the order of its index, which names all of them. */
  static List<String> manual() throws IOException {
    String index = MANUAL + "/README.md";
    List<String> all = new ArrayList<>(List.of(index));
    found(index, Pattern.compile("^\\d+\\. \\[[^]]+]\\(([a-z-]+\\.md)\\)", Pattern.MULTILINE))
        .forEach(name -> all.add(MANUAL + "/" + name));
    try (Stream<Path> files = Files.list(ROOT.resolve(MANUAL))) {
      assertThat(all)
          .containsExactlyInAnyOrderElementsOf(
              files
                  .map(file -> MANUAL + "/" + file.getFileName())
                  .filter(file -> !file.equals(MANUAL + "/images"))
                  .toList());
    }
    return all;
  }

  /** The blocks of a language in a page, in order; at least one. */
  static List<String> blocks(String page, String language) throws IOException {
    List<String> all = anyBlocks(page, language);
    assertThat(all).as("%s blocks of %s", language, page).isNotEmpty();
    return all;
  }

  /** The blocks of a language in a page, in order; maybe none. */
  static List<String> anyBlocks(String page, String language) throws IOException {
    return found(page, Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL));
  }

  /** The only block of a language in a page that has this text. */
  static String block(String page, String language, String text) throws IOException {
    List<String> all =
        blocks(page, language).stream().filter(block -> block.contains(text)).toList();
    assertThat(all).as("%s blocks of %s with %s", language, page, text).hasSize(1);
    return all.get(0);
  }

  /** The commands of a page, each without the {@code ./quern} in front. */
  static List<String> commands(String page) throws IOException {
    return found(page, Pattern.compile("^    \\./quern (.*)$", Pattern.MULTILINE));
  }

  private static List<String> found(String page, Pattern pattern) throws IOException {
    Matcher m = pattern.matcher(Files.readString(ROOT.resolve(page)));
    List<String> all = new ArrayList<>();
    while (m.find()) {
      all.add(m.group(1));
    }
    return all;
  }

  /** Statements as a program, with what is imported in the page's own programs. */
  static String program(String name, String statements) {
    return """
    import dev.quern.augment.*;
    import dev.quern.data.*;
    import dev.quern.dense.*;
    import dev.quern.detect.*;
    import dev.quern.diagnostics.*;
    import dev.quern.eager.*;
    import dev.quern.engine.*;
    import dev.quern.embed.*;
    import dev.quern.explain.*;
    import dev.quern.image.*;
    import dev.quern.init.*;
    import dev.quern.io.*;
    import dev.quern.io.dataset.*;
    import dev.quern.io.pretrained.*;
    import dev.quern.layer.*;
    import dev.quern.layer.activation.*;
    import dev.quern.layer.math.*;
    import dev.quern.layer.recurrent.*;
    import dev.quern.layer.shape.*;
    import dev.quern.layer.volume.*;
    import dev.quern.loss.*;
    import dev.quern.metric.*;
    import dev.quern.network.*;
    import dev.quern.ocr.*;
    import dev.quern.onnx.*;
    import dev.quern.optim.*;
    import dev.quern.pose.*;
    import dev.quern.predict.*;
    import dev.quern.profile.*;
    import dev.quern.quantize.*;
    import dev.quern.recipe.*;
    import dev.quern.report.*;
    import dev.quern.serve.*;
    import dev.quern.tensor.*;
    import dev.quern.train.*;
    import java.awt.image.*;
    import java.nio.FloatBuffer;
    import java.nio.file.*;
    import java.util.*;
    import javax.imageio.ImageIO;
    class %s {
      public static void main(String[] args) throws Exception {
        String folder = args[0];
        %s
      }
    }
    """
        .formatted(name, statements);
  }

  /** Runs a program from its source in a folder; returns what it prints. */
  static String run(Path in, Path source, String... args) throws Exception {
    List<String> command = new ArrayList<>(java());
    command.add(source.toString());
    command.addAll(List.of(args));
    return run(in, command);
  }

  /**
   * Runs programs from their sources, one after the other in one JVM, each with a folder of its own
   * below a folder; returns what each prints. Those of {@code compiled} are compiled with them, and
   * do not run.
   */
  static List<String> runAll(Path folder, List<Path> sources, List<Path> compiled)
      throws Exception {
    return runAll(ROOT, Map.of(), folder, sources, compiled);
  }

  /** The same, with a working folder, below which the programs' files lie, and an environment. */
  static List<String> runAll(
      Path in,
      Map<String, String> environment,
      Path folder,
      List<Path> sources,
      List<Path> compiled)
      throws Exception {
    List<String> command = new ArrayList<>(java());
    command.add(ProgramsMain.class.getName());
    command.add(folder.toString());
    command.add(Integer.toString(sources.size()));
    sources.forEach(source -> command.add(source.toString()));
    compiled.forEach(source -> command.add(source.toString()));
    assertThat(run(in, environment, command)).isEmpty();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < sources.size(); i++) {
      texts.add(Files.readString(folder.resolve(i + ".txt")));
    }
    return texts;
  }

  /** Runs command lines in a folder, one after the other in one JVM; all have to succeed. */
  static void quern(Path in, List<String> lines) throws Exception {
    List<String> command = new ArrayList<>(java());
    command.add(1, "-Dquern.home=" + ROOT);
    command.add(CommandLinesMain.class.getName());
    command.addAll(lines);
    run(in, command);
  }

  /** The command of a JVM with the tests' class path. */
  static List<String> java() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1", // starts sooner
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "-Dslf4j.internal.verbosity=ERROR", // ArchUnit's, which says that nobody logs
        "-Djava.awt.headless=true",
        "-cp",
        System.getProperty("java.class.path"));
  }

  private static String run(Path in, List<String> command) throws Exception {
    return run(in, Map.of(), command);
  }

  private static String run(Path in, Map<String, String> environment, List<String> command)
      throws Exception {
    Path out = Files.createTempFile("quern-docs", ".txt");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(in.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile());
      builder.environment().putAll(environment);
      Process p = builder.start();
      boolean ended = p.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
      p.destroyForcibly().waitFor();
      String text = Files.readString(out);
      assertThat(ended).as(text).isTrue();
      assertThat(p.exitValue()).as(text).isZero();
      return text;
    } finally {
      Files.delete(out);
    }
  }
}
