package dev.quern.tests.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.tests.onnx.OnnxCase.Kind;
import dev.quern.tests.onnx.OnnxCase.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * ONNX's own tests: a case passes at ONNX's tolerances or is refused with a reason, and none is
 * wrong. Keeps tests/ONNX.md, which {@code -Dquern.onnx=write} writes anew.
 */
@Tag("full")
class OnnxCasesTest {
  private static final Path FILE = root().resolve("tests/ONNX.md");
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private static final String HEAD =
      """
      # ONNX

      ONNX's own tests (1.17, Debian's package libonnx-testdata) through Quern's importer and
      through `OnnxSession`, at ONNX's tolerances. Each case passes or is refused; none is wrong.
      The importer makes one network of a case, and shapes, axes and sizes that the case gives as
      inputs are bound; a session gets all inputs as values. Whole networks from torchvision:
      [tests/bench](bench/README.md#onnx-files). The tests write this file:

      ```
      mvn verify -Dquern.onnx=write
      ```
      """;

  /** What a set of cases came to. */
  private static final class Tally {
    final Map<String, int[]> byOperator = new TreeMap<>();
    final Map<String, TreeSet<String>> refused = new TreeMap<>();
    final List<String> wrong = new ArrayList<>();
    int imported;
    int passed;
    int all;

    void add(OnnxCase c) {
      Outcome o = c.run();
      Outcome session = SessionCase.run(c);
      boolean one = o.kind() == Kind.PASSED;
      boolean any = one || session.kind() == Kind.PASSED;
      all++;
      imported += one ? 1 : 0;
      passed += any ? 1 : 0;
      for (Outcome each : List.of(o, session)) {
        if (each.kind() == Kind.WRONG) {
          wrong.add(c.name() + ": " + each.why());
        }
      }
      if (!any) {
        refused.computeIfAbsent(session.why(), k -> new TreeSet<>()).add(c.name());
      }
      for (String op : c.operators()) {
        int[] n = byOperator.computeIfAbsent(op, k -> new int[3]);
        n[one ? 0 : any ? 1 : 2]++;
      }
    }
  }

  private static Path root() {
    return Path.of(System.getProperty("quern.root", "."));
  }

  @Test
  void everyCasePassesOrIsRefused() throws IOException {
    Tally floats = new Tally();
    Tally whole = new Tally();
    Tally others = new Tally();
    for (OnnxCase c : OnnxData.cases("node")) {
      boolean listed = OnnxData.OPERATORS.containsAll(c.operators());
      Tally of =
          listed && c.isAll(FLOAT) ? floats : listed && c.isAll(FLOAT, INT64) ? whole : others;
      of.add(c);
    }
    Tally converted = tally("pytorch-converted");
    Tally operators = tally("pytorch-operator");
    Tally networks = new Tally();
    for (OnnxCase c : OnnxData.networks()) {
      networks.add(c);
    }
    StringBuilder text = new StringBuilder(HEAD);
    text.append(
        "\n| cases | passed by the importer | by it or a session | of |\n|---|---|---|---|\n");
    row(text, "one operator, float32 alone", floats);
    row(text, "one operator, int64 beside", whole);
    row(text, "one operator, other types or operators", others);
    row(text, "PyTorch's modules (pytorch-converted)", converted);
    row(text, "PyTorch's functions (pytorch-operator)", operators);
    row(text, "whole networks (light)", networks);
    byOperator(text, floats, whole);
    refusals(text, floats, whole, converted, operators, networks);
    if (System.getProperty("quern.onnx", "").equals("write")) {
      Files.writeString(FILE, text.toString());
    }
    for (Tally t : List.of(floats, whole, others, converted, operators, networks)) {
      assertThat(t.wrong).as("cases that are neither right nor refused").isEmpty();
    }
    assertThat(Files.readString(FILE))
        .as("tests/ONNX.md (-Dquern.onnx=write writes it anew)")
        .isEqualTo(text.toString());
  }

  private static Tally tally(String folder) throws IOException {
    Tally t = new Tally();
    for (OnnxCase c : OnnxData.cases(folder)) {
      t.add(c);
    }
    return t;
  }

  private static void row(StringBuilder text, String what, Tally t) {
    text.append("| ")
        .append(what)
        .append(" | ")
        .append(t.imported)
        .append(" | ")
        .append(t.passed)
        .append(" | ")
        .append(t.all)
        .append(" |\n");
  }

  private static void byOperator(StringBuilder text, Tally... tallies) {
    Map<String, int[]> sum = new TreeMap<>();
    for (Tally t : tallies) {
      t.byOperator.forEach(
          (op, n) -> {
            int[] all = sum.computeIfAbsent(op, k -> new int[3]);
            all[0] += n[0];
            all[1] += n[1];
            all[2] += n[2];
          });
    }
    text.append(
        "\n## By operator\n\nOf the first two rows; a case counts for each of its operators.\n\n");
    text.append(
        "| operator | passed by the importer | by a session alone | refused |\n|---|---|---|---|\n");
    sum.forEach(
        (op, n) ->
            text.append("| ")
                .append(op)
                .append(" | ")
                .append(n[0])
                .append(" | ")
                .append(n[1])
                .append(" | ")
                .append(n[2])
                .append(" |\n"));
  }

  private static void refusals(StringBuilder text, Tally... tallies) {
    Map<String, TreeSet<String>> all = new TreeMap<>();
    for (Tally t : tallies) {
      t.refused.forEach(
          (why, names) -> all.computeIfAbsent(why, k -> new TreeSet<>()).addAll(names));
    }
    text.append("\n## Refused\n\n| why | cases |\n|---|---|\n");
    all.forEach(
        (why, names) ->
            text.append("| ")
                .append(why.replace("|", "\\|").replace("\n", " "))
                .append(" | ")
                .append(String.join(", ", names))
                .append(" |\n"));
  }
}
