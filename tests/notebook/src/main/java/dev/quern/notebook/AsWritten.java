package dev.quern.notebook;

import dev.quern.data.Dataset;
import dev.quern.notebook.numpy.NotebookModel;
import dev.quern.notebook.numpy.NotebookStep;
import dev.quern.notebook.numpy.NotebookTranscript;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.List;

/** The notebook's two loops, over its own network, printed as the notebook prints them. */
final class AsWritten {
  /** Training batches, with one pass and one step each. */
  private static final int BATCHES = 5;

  private AsWritten() {}

  /**
   * Trains on five equal parts of {@code train}, one step each, then judges {@code test}. Each
   * step's lines are printed when it is done.
   *
   * @param train images of 3x32x32 in ten classes, their number a multiple of five
   */
  static void run(long seed, Dataset train, Dataset test, PrintWriter out) {
    NotebookModel model = new NotebookModel(seed);
    int size = train.size() / BATCHES;
    for (int i = 0; i < BATCHES; i++) {
      int from = i * size;
      NotebookStep step = model.step(pixels(train, from, size), labels(train, from, size));
      print(NotebookTranscript.epoch(i + 1, step), out);
    }
    print(
        NotebookTranscript.evaluation(
            model.evaluate(pixels(test, 0, test.size()), labels(test, 0, test.size()))),
        out);
  }

  private static void print(List<String> lines, PrintWriter out) {
    lines.forEach(out::println);
    out.flush();
  }

  private static byte[] pixels(Dataset data, int from, int count) {
    ByteBuffer pixels =
        ByteBuffer.allocate(Math.multiplyExact(count, (int) data.shape().elements()));
    for (int i = 0; i < count; i++) {
      data.copyBytes(from + i, pixels);
    }
    return pixels.array();
  }

  private static int[] labels(Dataset data, int from, int count) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = data.label(from + i);
    }
    return labels;
  }
}
