package dev.quern.notebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.engine.Engine;
import dev.quern.fixtures.Fixtures;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayTest {
  private static final String LINEAR_BACKWARD = "cross_entropy relu linear";

  /** Which operators each tensor comes from. */
  private static final Map<String, String> OPERATORS = operators();

  @TempDir Path temp;

  private static Map<String, String> operators() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("conv1_activated", "conv2d relu");
    all.put("pool1", "max_pool2d");
    all.put("conv2_activated", "conv2d relu");
    all.put("flat", "max_pool2d");
    all.put("fc_activated", "linear relu");
    all.put("logits", "linear");
    all.put("probs", "softmax");
    all.put("loss", "");
    all.put("dW4", LINEAR_BACKWARD);
    all.put("db4", LINEAR_BACKWARD);
    all.put("dW3", "linear");
    all.put("db3", "linear");
    all.put("dconv2_activated", "linear max_pool2d");
    all.put("dpool1", "conv2d");
    all.put("dK2", "conv2d");
    all.put("dconv1_activated", "max_pool2d");
    all.put("dx", "conv2d");
    all.put("dK1", "conv2d");
    for (String name : RecordedStep.PARAMETERS.keySet()) {
      all.put("after." + name, "sgd");
    }
    return all;
  }

  /** The notebook's own code under NumPy on 32 CIFAR-10 images, which cannot be in every clone. */
  private static Path recorded() {
    return Fixtures.notebookStep();
  }

  private Path made() {
    return Records.write(temp.resolve("made.safetensors"), Records.step());
  }

  private static void assertReplayed(Path file) {
    List<Comparison> comparisons = ReplayReport.of(RecordedStep.read(file)).comparisons();
    assertThat(comparisons)
        .extracting(c -> c.entry().name())
        .containsExactlyElementsOf(OPERATORS.keySet());
    for (Comparison c : comparisons) {
      boolean kernel = c.entry().name().matches("after\\.K[12]");
      assertThat(c.compared()).as(c.entry().name()).isEqualTo(!kernel);
      if (!kernel) {
        assertThat(c.difference()).as(c.entry().name()).isLessThanOrEqualTo(1e-5);
      }
    }
  }

  @Test
  void theNotebooksRecordedStepIsReproduced() {
    assertReplayed(recorded());
  }

  @Test
  void aStepOfTheReferenceIsReproduced() {
    assertReplayed(made());
  }

  @Test
  void whatIsComputedInWholeNumbersIsExact() {
    RecordedStep step = RecordedStep.read(made());
    for (Ledger.Entry entry : Replay.of(step)) {
      if (List.of("conv1_activated", "pool1", "conv2_activated", "flat").contains(entry.name())) {
        assertThat(entry.values()).as(entry.name()).isEqualTo(step.values(entry.name()));
      }
    }
  }

  @Test
  void everyTensorComesFromNativeOperators() {
    String isa = Engine.info().isa();
    for (Ledger.Entry entry : Replay.of(RecordedStep.read(made()))) {
      assertThat(entry.operators())
          .as(entry.name())
          .allSatisfy(o -> assertThat(o).endsWith(":" + isa))
          .extracting(o -> o.substring(0, o.indexOf(':')))
          .isEqualTo(
              Arrays.stream(OPERATORS.get(entry.name()).split(" "))
                  .filter(s -> !s.isEmpty())
                  .toList());
    }
  }

  @Test
  void theUpdatedKernelsLeaveInt64AsInTheNotebook() {
    RecordedStep step = RecordedStep.read(made());
    for (Ledger.Entry entry : Replay.of(step)) {
      if (entry.name().startsWith("after.K")) {
        assertThat(entry.values()).as(entry.name()).containsOnly(-0x1p63);
        assertThat(step.values(entry.name())).as(entry.name()).containsOnly(-0x1p63);
      }
    }
  }

  @Test
  void oneChangedNumberOfTheRecordIsFound() {
    Path file =
        Records.tamper(
            made(), temp.resolve("changed"), "dx", v -> v[4321] += 1e-4 * Records.largest(v));
    ReplayReport report = ReplayReport.of(RecordedStep.read(file));
    assertThat(report.comparisons())
        .filteredOn(c -> c.verdict().equals("DIFFERS"))
        .extracting(c -> c.entry().name())
        .containsExactly("dx");
    assertThatThrownBy(report::require)
        .isInstanceOf(ReplayMismatchException.class)
        .hasMessage(
            "replay: tensor dx differs by 1.0e-04 of its largest magnitude,"
                + " at most 1.0e-05 is wanted");
  }

  /**
   * In the second step the kernels are -2^63, and float32 overflows: that is said, and nothing
   * breaks.
   */
  @Test
  void aLaterStepDiffers() {
    Path file = Records.write(temp.resolve("second"), Records.secondStep());
    ReplayReport report = ReplayReport.of(RecordedStep.read(file));
    assertThatThrownBy(report::require)
        .isInstanceOf(ReplayMismatchException.class)
        .hasMessageStartingWith(
            "replay: tensor dpool1 differs by Infinity of its largest magnitude");
  }

  @Test
  void theReportHasALineForEachTensor() {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    ReplayReport.of(RecordedStep.read(made())).print(out, 6);
    out.flush();
    assertThat(text.toString().lines())
        .anyMatch(l -> l.matches("tensor +difference +verdict +native operators.*"))
        .anyMatch(l -> l.matches("conv1_activated +0 +agrees +conv2d:\\w+:\\w+ relu:\\w+"))
        .anyMatch(l -> l.matches("dK1 .* agrees .*\\[first window twice, no ReLU derivative\\]"))
        .anyMatch(l -> l.matches("after.K1 .* not compared .*\\[converted to int64\\]"))
        .anyMatch(l -> l.matches("22 of 22 tensors agree within 1.0e-05; .*"));
    for (String name : OPERATORS.keySet()) {
      assertThat(text.toString().lines()).filteredOn(l -> l.startsWith(name + " ")).hasSize(1);
    }
  }
}
