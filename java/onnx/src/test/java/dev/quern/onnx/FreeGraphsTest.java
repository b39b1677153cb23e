package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.error.QuernException;
import dev.quern.predict.ModelData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Graphs of free batch, height and width that a seed draws: those that are read agree with ONNX
 * Runtime at any size and number of samples, the others are refused with a typed error.
 */
class FreeGraphsTest {
  private static final int GRAPHS = Integer.getInteger("quern.onnx.graphs", 40);
  private static final int SIZES = 3;

  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void agreeWithOnnxRuntimeOrAreRefused(long seed) throws Exception {
    List<String> wrong = new ArrayList<>();
    int read = 0;
    for (int i = 0; i < GRAPHS; i++) {
      Random random = new Random(1000 * seed + i);
      List<String> lines = FreeGraph.lines(random, 1 + random.nextInt(7));
      Path file = dir.resolve("g" + i + ".onnx");
      Files.write(file, Graphs.of(lines.toArray(String[]::new)).build().toByteArray());
      ModelData data;
      try {
        data = Onnx.load(file);
      } catch (QuernException e) {
        continue;
      }
      read++;
      for (int k = 0; k < SIZES; k++) {
        long[] free = {1 + random.nextInt(3), 0, 17 + random.nextInt(60), 17 + random.nextInt(60)};
        String said = difference(file, data, free[0], free[2], free[3]);
        if (said != null) {
          wrong.add(
              i
                  + " at "
                  + free[0]
                  + ","
                  + free[2]
                  + ","
                  + free[3]
                  + ": "
                  + String.join(" ; ", lines)
                  + "\n    "
                  + said);
          break;
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(read).isGreaterThan(GRAPHS / 4);
  }

  /** What differs; null for nothing, and where ONNX Runtime has no result. */
  private static String difference(Path file, ModelData data, long n, long h, long w) {
    try {
      Judge.compare(file, data, n, h, w);
      return null;
    } catch (AssertionError | RuntimeException e) {
      String said = String.valueOf(e.getMessage());
      return said.startsWith("ONNX Runtime: ") ? null : said;
    }
  }
}
