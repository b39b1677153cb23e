package dev.quern.train;

import static dev.quern.train.FreezingTest.DATA;
import static dev.quern.train.FreezingTest.NET;
import static dev.quern.train.FreezingTest.frozen;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Freezing all parameters but some, or all of them. */
class FreezeAllTest {
  @Test
  void allButSomeAreFrozen() {
    try (Trainer but = Trainer.builder(NET).batch(8).freezeAllBut("hidden.*", "head.*").build();
        Trainer body = Trainer.builder(NET).batch(8).freezeBody().build()) {
      but.fit(DATA, 1);
      body.fit(DATA, 1);
      assertThat(but.gradients())
          .containsOnlyKeys("hidden.weight", "hidden.bias", "head.weight", "head.bias");
      assertThat(body.gradients()).containsOnlyKeys("head.weight", "head.bias");
    }
    TrainerBuilder none = Trainer.builder(NET).freezeAllBut("neck.*");
    assertThatThrownBy(none::build)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("freezeAllBut: pattern neck.* matches none of");
  }

  @Test
  void freezingAllParametersIsRefused() {
    for (TrainerBuilder all :
        List.of(
            frozen("*"),
            frozen("body.*").freezeAllBut("body.conv.*"),
            frozen("*").unfreeze(2, "head.*"))) {
      assertThatThrownBy(all::build)
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage(
              "freeze: all 12 parameters of network body-and-head are frozen; at least one must be"
                  + " trained");
    }
  }
}
