package dev.quern.internal.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearNamesTest {
  private static final List<String> NAMES = List.of("train", "eval", "conv_transpose2d", "conv2d");

  @Test
  void swappedLettersAreNear() {
    assertThat(NearNames.of("trian", NAMES)).containsExactly("train");
    assertThat(NearNames.of("rtaib", NAMES)).isEmpty();
  }

  @Test
  void theShorterOfNamesThatHoldTheWordIsNearer() {
    assertThat(NearNames.of("Conv", NAMES)).containsExactly("conv2d", "conv_transpose2d");
  }

  @Test
  void theNearestAreNamedEvenIfNoneIsNear() {
    assertThat(NearNames.of("xyz", NAMES)).isEmpty();
    assertThat(NearNames.nearest("evil_twin", NAMES, 2)).hasSize(2).contains("eval");
    assertThat(NearNames.nearest("eval", NAMES, 9)).hasSize(4).first().isEqualTo("eval");
  }
}
