package dev.quern.summary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.IClassCoverage;
import org.jacoco.core.tools.ExecFileLoader;

/** Lines of modules that the tests of all modules ran, where JaCoCo's agent watched them. */
final class Coverage {
  private static final List<String> MODULES = List.of("core", "io", "onnx", "serve");

  private Coverage() {}

  /** A line for each module; none where nothing was measured since the build's start. */
  static List<String> of(Path root, String start) throws IOException {
    ExecFileLoader loader = new ExecFileLoader();
    List<Path> files = Summary.find(root, f -> f.endsWith("jacoco-" + start + ".exec"));
    for (Path file : files) {
      loader.load(file.toFile());
    }
    List<String> lines = new ArrayList<>();
    for (String module : MODULES) {
      Path classes = root.resolve("java").resolve(module).resolve("target/classes");
      if (!files.isEmpty() && Files.isDirectory(classes)) {
        CoverageBuilder builder = new CoverageBuilder();
        new Analyzer(loader.getExecutionDataStore(), builder).analyzeAll(classes.toFile());
        lines.add(line(module, builder));
      }
    }
    return lines;
  }

  private static String line(String module, CoverageBuilder of) {
    int covered = 0;
    int total = 0;
    for (IClassCoverage c : of.getClasses()) {
      covered += c.getLineCounter().getCoveredCount();
      total += c.getLineCounter().getTotalCount();
    }
    double percent = 100.0 * covered / Math.max(1, total);
    return String.format(
        Locale.ROOT, "coverage: %s %,d of %,d lines, %.2f %%", module, covered, total, percent);
  }
}
