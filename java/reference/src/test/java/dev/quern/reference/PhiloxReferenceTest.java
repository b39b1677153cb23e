package dev.quern.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.reference.support.PhiloxReference;
import org.junit.jupiter.api.Test;

class PhiloxReferenceTest {
  /** Those of Random123. */
  @Test
  void givesTheKnownAnswers() {
    long ones = 0xffffffffL;
    assertThat(PhiloxReference.words(0, 0, 0, 0, 0))
        .containsExactly(0x6627e8d5L, 0xe169c58dL, 0xbc57ac4cL, 0x9b00dbd8L);
    assertThat(PhiloxReference.words(-1, ones, ones, ones, ones))
        .containsExactly(0x408f276dL, 0x41c83b0eL, 0xa20bc7c6L, 0x6d5451fdL);
    assertThat(
            PhiloxReference.words(
                0x299f31d0a4093822L, 0x243f6a88L, 0x85a308d3L, 0x13198a2eL, 0x03707344L))
        .containsExactly(0xd16cfe09L, 0x94fdccebL, 0x5001e420L, 0x24126ea1L);
  }
}
