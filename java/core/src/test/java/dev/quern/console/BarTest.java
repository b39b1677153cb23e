package dev.quern.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class BarTest {
  private static final long SECOND = 1_000_000_000;

  private final StringWriter terminal = new StringWriter();
  private long now = 7 * SECOND;

  private Bar bar(int columns) {
    return new Bar(new PrintWriter(terminal), "images", columns, () -> now);
  }

  /** What stood in the line, one drawing after the other; empty where it was erased. */
  private List<String> drawings() {
    return terminal.toString().replace("\u001b[K", "").lines().toList();
  }

  @Test
  void nothingWhereNobodyWatches() {
    try (Bar bar = bar(0)) {
      assertThat(bar.isShown()).isFalse();
      bar.to("training", 0.5, 10, "");
      bar.above(() -> terminal.write("line"));
    }
    assertThat(terminal).hasToString("line");
  }

  @Test
  void showsPartSpeedAndTimeLeftInOneLine() {
    try (Bar bar = bar(60)) {
      assertThat(bar.isShown()).isTrue();
      bar.to("epoch 1/2", 0, 0, "");
      now += 2 * SECOND;
      bar.to("epoch 1/2", 0.25, 500, "loss 1.5");
      now += 6 * SECOND;
      bar.to("epoch 2/2", 1, 2000, "");
    }
    assertThat(terminal.toString()).doesNotContain("\n").endsWith("\r\u001b[K");
    assertThat(drawings())
        .containsExactly(
            "",
            "epoch 1/2   0% [" + " ".repeat(42) + "]",
            "epoch 1/2  25% [=>      ] 250 images/s, 0:06 left, loss 1.5",
            "epoch 2/2 100% [" + "=".repeat(18) + "] 250 images/s, 0:00 left");
    assertThat(drawings()).allMatch(line -> line.length() < 60);
  }

  /** A run that goes on where it was has not done the first half in no time. */
  @Test
  void speedAndTimeLeftCountFromTheFirstReport() {
    Bar bar = bar(80);
    bar.to("t", 0.5, 5000, "");
    now += 3600 * SECOND;
    bar.to("t", 0.6, 6000, "");
    assertThat(drawings().get(2)).contains(" 0 images/s, 4:00:00 left");
  }

  @Test
  void isDrawnFourTimesASecondAtMostAndAtTheEnd() {
    Bar bar = bar(80);
    for (int i = 0; i <= 1000; i++) {
      bar.to("t", i / 1000.0, i, "");
      now += SECOND / 1000;
    }
    assertThat(drawings()).hasSize(1 + 5); // at 0, 250, 500, 750 ms and at the end
    assertThat(drawings().get(5)).startsWith("t 100%");
  }

  @Test
  void linesAboveReplaceItAndItComesBack() {
    Bar bar = bar(80);
    bar.to("t", 0.1, 1, "");
    bar.above(() -> terminal.write("epoch 1\n"));
    bar.to("t", 0.2, 2, "");
    assertThat(terminal.toString()).contains("\r\u001b[Kepoch 1\n\rt  20%");
  }

  @Test
  void whatIsNoNumberAndWhatIsTooLongStayInTheLine() {
    Bar bar = bar(40);
    bar.to("t", Double.NaN, Double.NaN, "loss NaN");
    now += SECOND;
    bar.to("t".repeat(100), 7, -1, "n".repeat(100));
    now += SECOND;
    bar.to("t", -3, 1, "n".repeat(100));
    assertThat(drawings()).hasSize(4).allMatch(line -> line.length() < 40);
  }
}
