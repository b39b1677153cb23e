package dev.quern.ocr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CtcDecoderTest {
  private static final CtcDecoder ABC = CtcDecoder.of(List.of("a", "b", "c"));

  @TempDir Path dir;

  /** Scores of which each step's class has the given one, and the others 0.1. */
  private static float[] scores(int classes, int[] best, float... score) {
    float[] all = new float[classes * best.length];
    Arrays.fill(all, 0.1f);
    for (int t = 0; t < best.length; t++) {
      all[t * classes + best[t]] = score[t];
    }
    return all;
  }

  @Test
  void repeatedClassesCountOnceAndBlanksSeparate() {
    float[] s =
        scores(4, new int[] {0, 1, 1, 0, 1, 2, 2, 3}, 1, 0.5f, 0.9f, 1, 0.7f, 1, 0.2f, 0.4f);
    CtcText text = ABC.decode(s, 8);
    assertThat(text.text()).isEqualTo("aabc");
    assertThat(text.score()).isCloseTo((0.5 + 0.7 + 1 + 0.4) / 4, within(1e-6));
  }

  @Test
  void nothingIsReadInBlanksOrWithoutSteps() {
    assertThat(ABC.decode(scores(4, new int[] {0, 0}, 1, 1), 2)).isEqualTo(new CtcText("", 0));
    assertThat(ABC.decode(new float[0], 0)).isEqualTo(new CtcText("", 0));
  }

  @Test
  void ofEqualScoresTheFirstIsTaken() {
    assertThat(ABC.decode(new float[] {0.2f, 0.4f, 0.4f, 0}, 1).text()).isEqualTo("a");
    assertThat(ABC.decode(new float[] {0.4f, 0.4f, 0, 0}, 1).text()).isEmpty();
  }

  @Test
  void nanIsNeverTheHighest() {
    float nan = Float.NaN;
    assertThat(ABC.decode(new float[] {nan, 0, 1, nan}, 1)).isEqualTo(new CtcText("b", 1));
    assertThat(ABC.decode(new float[] {nan, nan, nan, nan}, 1)).isEqualTo(new CtcText("", 0));
  }

  /** The definition: the path of the best classes, without repetitions, without blanks. */
  private static String slow(float[] scores, int classes, List<String> characters) {
    List<Integer> path = new ArrayList<>();
    for (int t = 0; t < scores.length / classes; t++) {
      List<Float> step = new ArrayList<>();
      for (int c = 0; c < classes; c++) {
        step.add(scores[t * classes + c]);
      }
      path.add(step.indexOf(step.stream().max(Float::compare).orElseThrow()));
    }
    StringBuilder text = new StringBuilder();
    for (int t = 0; t < path.size(); t++) {
      if (path.get(t) > 0 && (t == 0 || !path.get(t).equals(path.get(t - 1)))) {
        text.append(characters.get(path.get(t) - 1));
      }
    }
    return text.toString();
  }

  @Test
  void equalsTheDefinition() {
    Random random = new Random(1);
    try (Arena arena = new Arena()) {
      for (int i = 0; i < 500; i++) {
        List<String> characters = List.of("x", "yy", "", "\uD83D\uDE00").subList(0, 1 + i % 4);
        CtcDecoder decoder = CtcDecoder.of(characters);
        int steps = 1 + random.nextInt(12);
        float[] both = new float[2 * steps * decoder.classes()];
        for (int k = 0; k < both.length; k++) {
          both[k] = random.nextInt(4) / 4f;
        }
        List<CtcText> batch =
            decoder.decode(arena.tensor(Shape.of(2, steps, decoder.classes()), both));
        for (int n = 0; n < 2; n++) {
          float[] own = Arrays.copyOfRange(both, n * both.length / 2, (n + 1) * both.length / 2);
          assertThat(batch.get(n).text()).isEqualTo(slow(own, decoder.classes(), characters));
          assertThat(decoder.decode(own, steps)).isEqualTo(batch.get(n));
        }
      }
    }
  }

  @Test
  void dictionaryHasOneCharacterPerLine() throws Exception {
    Path file = Files.writeString(dir.resolve("keys.txt"), "\uFEFFa\r\n\u758f\n\n \nz");
    CtcDecoder read = CtcDecoder.read(file);
    assertThat(read.characters()).containsExactly("a", "\u758f", "", " ", "z");
    assertThat(read.classes()).isEqualTo(6);
    assertThat(read.withSpace().characters()).endsWith("z", " ").hasSize(6);
  }

  @Test
  void wrongDictionariesAreRefused() throws Exception {
    for (String empty : List.of("", "\n\n", "\uFEFF")) {
      Path file = Files.writeString(dir.resolve("empty.txt"), empty);
      assertThatThrownBy(() -> CtcDecoder.read(file))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("is empty, expected one character per line");
    }
    Path latin =
        Files.write(dir.resolve("l.txt"), "\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> CtcDecoder.read(latin))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("not UTF-8");
    assertThatThrownBy(() -> CtcDecoder.read(dir.resolve("none.txt")))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> CtcDecoder.read(dir)).isInstanceOf(FormatException.class);
    assertThatThrownBy(() -> CtcDecoder.of(List.of()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("ctc: the list of characters is empty");
    assertThatThrownBy(() -> CtcDecoder.of(Arrays.asList("a", null)))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void scoresOfAnotherShapeAreRefused() {
    assertThatThrownBy(() -> ABC.decode(new float[7], 2))
        .isInstanceOf(ShapeException.class)
        .hasMessage("ctc: 7 scores are not 2 steps of 4 classes");
    assertThatThrownBy(() -> ABC.decode(new float[0], -1)).isInstanceOf(ShapeException.class);
    try (Arena arena = new Arena()) {
      assertThatThrownBy(() -> ABC.decode(arena.tensor(Shape.of(1, 2, 3))))
          .isInstanceOf(ShapeException.class)
          .hasMessage("ctc: scores have shape 1x2x3, expected Nx?x4");
    }
  }
}
