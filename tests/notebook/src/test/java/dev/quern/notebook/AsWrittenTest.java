package dev.quern.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.notebook.numpy.NotebookModel;
import dev.quern.tensor.Shape;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AsWrittenTest {
  private static final int IMAGE = 3 * 32 * 32;
  private static final long SEED = 4;

  private static final List<String> FORWARD =
      List.of(
          "Convolved shape 1:  (2, 1, 28, 28)",
          "Activated shape 1:  (2, 1, 28, 28)",
          "Pooled shape 1:  (2, 1, 14, 14)",
          "Convolved shape 2:  (2, 1, 12, 12)",
          "Activated shape 2:  (2, 1, 12, 12)",
          "Pooled shape 2:  (2, 1, 11, 11)",
          "Flattened shape:  [  2 121]",
          "FC shape:  (2, 64)",
          "Activated shape:  (2, 64)",
          "y_pred shape:  (2, 10)");

  private static final List<String> BACKWARD =
      List.of(
          "Back Propogation:",
          "Weights shape softmax layer:  (64, 10) (10,)",
          "Weights shape FC layer:  (121, 64) (64,)",
          "Pooled layer 2 shape:  (2, 1, 12, 12)",
          "Convolved layer 2 shape:  (2, 1, 14, 14)",
          "Convolved layer 2 weight shape:  (1, 3, 3)",
          "Pooled layer 1 shape:  (2, 1, 28, 28)",
          "Convolved layer 1 shape:  (2, 3, 32, 32)",
          "Convolved layer 1 weight shape:  (3, 5, 5)");

  private final byte[] pixels = new byte[12 * IMAGE];
  private final int[] labels = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};

  private Dataset part(int from, int to) {
    List<String> classes = IntStream.range(0, 10).mapToObj(i -> "class" + i).toList();
    return Dataset.of("small", Shape.of(3, 32, 32), classes, pixels, labels).slice(from, to);
  }

  /** Five batches of two images, then a test batch of two. */
  private void run(Writer to) {
    new Random(8).nextBytes(pixels);
    PrintWriter out = new PrintWriter(to);
    AsWritten.run(SEED, part(0, 10), part(10, 12), out);
  }

  private byte[] pixels(int batch) {
    return Arrays.copyOfRange(pixels, batch * 2 * IMAGE, (batch + 1) * 2 * IMAGE);
  }

  private int[] labels(int batch) {
    return Arrays.copyOfRange(labels, batch * 2, batch * 2 + 2);
  }

  @Test
  void printsWhatTheNotebookPrints() {
    StringWriter printed = new StringWriter();
    run(printed);

    NotebookModel model = new NotebookModel(SEED);
    List<String> wanted = new ArrayList<>();
    for (int i = 1; i <= 5; i++) {
      wanted.add("Epoch  " + i);
      wanted.add("Feed Forward:");
      wanted.addAll(FORWARD);
      wanted.add("Batch " + i + " Loss  " + model.step(pixels(i - 1), labels(i - 1)).loss());
      wanted.addAll(BACKWARD);
    }
    wanted.addAll(FORWARD);
    wanted.add("Test Data Loss:  " + model.evaluate(pixels(5), labels(5)).loss());
    wanted.add("Accuracy :  " + model.evaluate(pixels(5), labels(5)).accuracyPercent());
    assertThat(printed.toString().lines()).containsExactlyElementsOf(wanted);
  }

  @Test
  void printsEachStepWhenItIsDone() {
    List<String> lastLines = new ArrayList<>();
    StringWriter watched =
        new StringWriter() {
          @Override
          public void flush() {
            lastLines.add(
                toString().lines().filter(l -> l.startsWith("Epoch")).reduce("", (a, b) -> b));
          }
        };
    run(watched);
    assertThat(lastLines).startsWith("Epoch  1", "Epoch  2", "Epoch  3", "Epoch  4", "Epoch  5");
  }
}
