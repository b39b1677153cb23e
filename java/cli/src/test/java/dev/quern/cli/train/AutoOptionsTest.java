package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.tensor.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which folders a pretrained network in the cache is fine-tuned on. */
class AutoOptionsTest {
  @ParameterizedTest
  @CsvSource({
    "1,    32,  32, true",
    "1000, 32,  48, true",
    "1001, 32,  48, false",
    "1001, 63, 200, false",
    "2000, 64,  64, true",
    "2001, 500, 64, false",
    "10,   31, 500, false",
    "10,   28,  28, false"
  })
  void fewImagesThatAreLargeEnough(int images, int height, int width, boolean suits) {
    assertThat(AutoOptions.suitsFineTuning(images, new Size(height, width))).isEqualTo(suits);
  }
}
