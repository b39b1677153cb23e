package dev.quern.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.QuernException;
import dev.quern.internal.Memory;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.Summary;
import org.junit.jupiter.api.Test;

class RefusedPlanTest {
  /** The first layer's descriptor is there when the second one is refused. */
  @Test
  void leavesNothingBehind() {
    Network network =
        Network.of("n", Shape.of(2, 1, 1), new BatchNorm2d(), new UpsampleNearest2d(1 << 13));
    long before = Memory.live();
    assertThatThrownBy(() -> Summary.planBytes(network, Integer.MAX_VALUE, true))
        .isInstanceOf(QuernException.class);
    assertThat(Memory.live()).isEqualTo(before);
  }
}
