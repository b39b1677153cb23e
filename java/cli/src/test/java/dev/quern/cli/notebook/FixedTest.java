package dev.quern.cli.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.metric.Evaluation;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import dev.quern.train.History;
import dev.quern.train.TrainingListener;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FixedTest {
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int EPOCHS = 4;

  /** Noise with a bright square, whose place is the class: two rows of five. */
  private static Dataset squares(int images, long seed) {
    Random random = new Random(seed);
    byte[] pixels = new byte[images * 3 * PLANE];
    int[] labels = new int[images];
    for (int i = 0; i < images; i++) {
      labels[i] = random.nextInt(10);
      for (int p = 0; p < 3 * PLANE; p++) {
        boolean bright = inSquare(labels[i], p % PLANE / SIDE, p % SIDE);
        pixels[i * 3 * PLANE + p] = (byte) (random.nextInt(80) + (bright ? 150 : 0));
      }
    }
    List<String> classes = IntStream.range(0, 10).mapToObj(i -> "square " + i).toList();
    return Dataset.of("squares", Shape.of(3, SIDE, SIDE), classes, pixels, labels);
  }

  private static boolean inSquare(int label, int row, int column) {
    int top = 4 + label / 5 * 14;
    int left = 2 + label % 5 * 6;
    return row >= top && row < top + 6 && column >= left && column < left + 5;
  }

  @Test
  void learnsWhereTheNotebookDoesNot() {
    List<History.Epoch> epochs = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onEpoch(History.Epoch epoch) {
            epochs.add(epoch);
          }
        };
    Fixed fixed = new Fixed(EPOCHS, new Sgd(0.01f, 0.9f), 1);
    Evaluation result = fixed.run(squares(1500, 1), squares(200, 2), listener);
    assertThat(result.images()).isEqualTo(200);
    assertThat(result.accuracy()).isGreaterThan(0.9);
    assertThat(epochs).extracting(History.Epoch::epoch).containsExactly(1, 2, 3, 4);
    double[] losses = epochs.stream().mapToDouble(History.Epoch::loss).toArray();
    assertThat(losses).isSortedAccordingTo((a, b) -> Double.compare(b, a));
    assertThat(Arrays.stream(losses)).allMatch(l -> l > 0);
  }

  @Test
  void theSeedDecidesEverything() {
    Dataset train = squares(128, 3);
    Dataset test = squares(64, 4);
    TrainingListener nobody = new TrainingListener() {};
    Evaluation first = new Fixed(1, new Sgd(0.01f, 0.9f), 7).run(train, test, nobody);
    Evaluation again = new Fixed(1, new Sgd(0.01f, 0.9f), 7).run(train, test, nobody);
    Evaluation other = new Fixed(1, new Sgd(0.01f, 0.9f), 8).run(train, test, nobody);
    assertThat(again).isEqualTo(first);
    assertThat(other.loss()).isNotEqualTo(first.loss());
  }

  @Test
  void endsWithTheNotebooksTwoLines() {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    Fixed.printFoot(out, new Evaluation(0.3625, 1.75, 10_000));
    out.flush();
    assertThat(text.toString().lines())
        .containsExactly("Test Data Loss:  1.750000", "Accuracy :  36.25");
  }
}
