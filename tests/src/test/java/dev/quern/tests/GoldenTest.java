package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Conv2dPass;
import dev.quern.eager.Eager;
import dev.quern.error.QuernException;
import dev.quern.notebook.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * Every recorded case through the public native operators: the bundled files, and every file in the
 * directory that the system property {@code quern.golden} names.
 */
class GoldenTest {
  @TestFactory
  Stream<DynamicNode> bundled() {
    return GoldenFile.bundled().stream()
        .flatMap(
            file ->
                Stream.concat(
                    Stream.of(
                        dynamicTest(
                            "checksum of " + file.getFileName(),
                            () -> GoldenFile.assertChecksum(file))),
                    isPyTorchs(file) ? Stream.of(node(file, true)) : Stream.empty()));
  }

  /** Scores that others recorded are for the tests of metrics. */
  private static boolean isPyTorchs(Path file) {
    return file.getFileName().toString().startsWith("torch-");
  }

  @TestFactory
  Stream<DynamicNode> external() {
    return GoldenFile.external().stream().map(file -> node(file, false));
  }

  private static DynamicNode node(Path path, boolean bundled) {
    GoldenFile file;
    try {
      file = GoldenFile.read(path);
    } catch (QuernException e) {
      return dynamicTest(
          path.getFileName().toString(),
          () -> {
            throw e;
          });
    }
    return switch (file.kind()) {
      case OPERATORS -> operators(file, bundled);
      case STEPS -> dynamicTest(file.name(), () -> GoldenStepsTest.steps(file));
      case NOTEBOOK -> dynamicTest(file.name(), () -> replay(path));
    };
  }

  /** The replay of a recorded step of the notebook, through the native operators. */
  private static void replay(Path path) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status =
        Main.run(
            new PrintWriter(out, true), new PrintWriter(err, true), "--replay", path.toString());
    assertThat(status).as(out.toString() + err).isZero();
    assertThat(out.toString()).contains("conv2d:").contains("max_pool2d:");
  }

  /** A node a case, and behind them the summary. */
  private static DynamicNode operators(GoldenFile file, boolean bundled) {
    GoldenSummary summary = new GoldenSummary(file.name());
    List<DynamicNode> nodes = new ArrayList<>();
    for (GoldenCase c : GoldenCase.of(file.content(), bundled)) {
      summary.listed(c);
      nodes.add(c.operator().equals("conv2d") ? convolution(c, summary) : plain(c, summary));
    }
    nodes.add(dynamicTest("summary", summary::check));
    return dynamicContainer(file.name(), nodes);
  }

  private static DynamicNode plain(GoldenCase c, GoldenSummary summary) {
    return dynamicTest(
        c.toString(),
        () -> {
          Passes passes = new Passes();
          GoldenRunners.run(c, passes);
          passes.assertNoneIsReference();
          summary.ran(c);
        });
  }

  /** A convolution by each implementation that takes it, then by the one that is chosen. */
  private static DynamicNode convolution(GoldenCase c, GoldenSummary summary) {
    List<String> forced = new ArrayList<>();
    List<DynamicNode> nodes = new ArrayList<>();
    for (String implementation : Conv2dPass.implementations()) {
      if (Eager.of(GoldenRunners.conv2dLayer(c)).accepts(implementation, c.shape("input"))) {
        forced.add(implementation);
        nodes.add(dynamicTest(implementation, () -> forced(c, implementation)));
      }
    }
    nodes.add(
        dynamicTest(
            "the implementation that is chosen",
            () -> {
              Passes passes = new Passes();
              GoldenRunners.run(c, passes);
              passes.assertNoneIsReference();
              assertThat(forced)
                  .as("implementations that take %s", c.name())
                  .contains("reference")
                  .hasSizeGreaterThanOrEqualTo(2);
              summary.ran(c);
            }));
    return dynamicContainer(c.toString(), nodes);
  }

  private static void forced(GoldenCase c, String implementation) {
    Passes passes = new Passes();
    Passes.forcing(implementation, () -> GoldenRunners.run(c, passes));
    assertThat(passes.names()).hasSize(3).allMatch(n -> n.startsWith("conv2d:" + implementation));
  }
}
