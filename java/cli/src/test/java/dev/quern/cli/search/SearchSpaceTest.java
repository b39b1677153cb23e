package dev.quern.cli.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.error.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a search draws, and how far its trials train. */
class SearchSpaceTest {
  @TempDir Path dir;

  private SearchSpace space(String text) throws IOException {
    return SearchSpace.read(Files.writeString(dir.resolve("space.json"), text));
  }

  @Test
  void drawsAreInsideAndAreTheSameForASeed() throws IOException {
    SearchSpace space =
        space(
            """
            {"lr": {"log": [1e-4, 1]}, "momentum": {"range": [0.5, 0.9]},
             "crop": {"range": [1, 3]}, "batch": {"log": [8, 512]}, "flip": [true, false]}
            """);
    List<ObjectNode> draws = space.draw(3, 200);
    assertThat(draws).hasSize(200).doesNotHaveDuplicates();
    int low = 0;
    for (ObjectNode d : draws) {
      assertThat(d.get("lr").doubleValue()).isBetween(1e-4, 1.0);
      low += d.get("lr").doubleValue() < 1e-2 ? 1 : 0;
      assertThat(d.get("momentum").doubleValue()).isBetween(0.5, 0.9);
      assertThat(d.get("crop").isIntegralNumber()).isTrue();
      assertThat(d.get("crop").intValue()).isBetween(1, 3);
      assertThat(d.get("batch").isIntegralNumber()).isTrue();
      assertThat(d.get("batch").intValue()).isBetween(8, 512);
      assertThat(d.get("flip").isBoolean()).isTrue();
    }
    assertThat(low).as("rates in the lower half of the logarithms").isBetween(60, 140);
    assertThat(draws.stream().map(d -> d.get("crop").intValue()).distinct()).hasSize(3);
    assertThat(space.draw(3, 20)).isEqualTo(draws.subList(0, 20));
    assertThat(space.draw(4, 20)).isNotEqualTo(draws.subList(0, 20));
  }

  @Test
  void endsMayBeFartherApartThanADoubleHolds() throws IOException {
    for (ObjectNode d : space("{\"lr\": {\"log\": [1e-300, 1e300]}}").draw(1, 50)) {
      assertThat(d.get("lr").doubleValue()).isBetween(1e-300, 1e300);
    }
  }

  @Test
  void aSmallSpaceEnds() throws IOException {
    assertThat(space("{\"batch\": [8, 16], \"flip\": [true]}").draw(1, 9)).hasSize(2);
  }

  @Test
  void wrongSpacesAreRefused() throws IOException {
    refused("{}", "it contains no options");
    refused("[]", "is not a JSON object");
    refused("{\"lr\": 1}", "'lr' is 1, not a list");
    refused("{\"lr\": []}", "'lr' is [], not a list");
    refused("{\"lr\": {\"range\": [1, 2], \"log\": [1, 2]}}", ", not a list, {");
    refused("{\"lr\": {\"range\": [1]}}", ", not a list, {");
    refused("{\"lr\": {\"range\": [2, 1]}}", "from 2 to 1 is not an ascending range");
    refused("{\"lr\": {\"range\": [\"1\", 2]}}", "is not an ascending range");
    refused("{\"lr\": {\"log\": [0, 1]}}", "from 0 to 1 is not an ascending range", "above 0");
    refused("{\"lr\": {\"range\": [0, 1e999]}}", "is not an ascending range");
    refused("{\"seed\": [1, 2]}", "'seed' must be the same in all trials");
    refused("{\"validation\": [1, 2]}", "'validation' must be the same in all trials");
  }

  private void refused(String text, String... parts) {
    assertThatThrownBy(() -> space(text))
        .isInstanceOf(FormatException.class)
        .message()
        .contains(parts);
  }

  @Test
  void roundsAreHyperbands() {
    assertThat(Halving.by(3, 27, 27))
        .containsExactly(round(27, 1), round(9, 3), round(3, 9), round(1, 27));
    assertThat(Halving.by(3, 12, 20)).containsExactly(round(12, 2), round(4, 6), round(1, 20));
    assertThat(Halving.by(2, 9, 4)).containsExactly(round(9, 1), round(4, 2), round(2, 4));
    assertThat(Halving.by(3, 81, 3)).containsExactly(round(81, 1), round(27, 3));
    assertThat(Halving.by(3, 2, 27)).hasSize(1);
    assertThat(Halving.by(Integer.MAX_VALUE, 5, 5)).hasSize(1);
  }

  private static Halving.Round round(int trials, int epochs) {
    return new Halving.Round(trials, epochs);
  }

  /** Four digits of what the values differ by, not of the values. */
  @Test
  void aNarrowRangeHasManyDraws() throws IOException {
    List<ObjectNode> draws = space("{\"ema\": {\"range\": [0.9999, 0.99999]}}").draw(1, 100);
    assertThat(draws).hasSize(100);
    assertThat(draws).allMatch(d -> d.get("ema").toString().length() <= 10);
    for (ObjectNode d : space("{\"momentum\": {\"range\": [0, 1000]}}").draw(1, 50)) {
      assertThat(d.get("momentum").doubleValue()).isBetween(0.0, 1000.0);
    }
  }

  /** The next number behind the end is no draw, though a double may round up to it. */
  @Test
  void aLargeWholeNumberIsInside() {
    long from = (1L << 53) - 4;
    SearchSpace.Range range = new SearchSpace.Range(from, from + 3, false, true);
    Random high =
        new Random() {
          @Override
          public double nextDouble() {
            return Math.nextDown(1.0);
          }
        };
    assertThat(range.draw(high).longValue()).isEqualTo(from + 3);
  }
}
