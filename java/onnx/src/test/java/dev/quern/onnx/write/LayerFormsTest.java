package dev.quern.onnx.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.network.LayerTypes;
import org.junit.jupiter.api.Test;

/** A new layer says how it is written. */
class LayerFormsTest {
  @Test
  void everyLayerHasAForm() {
    assertThat(LayerTypes.all())
        .hasSizeGreaterThan(50)
        .allSatisfy(c -> assertThat(LayerForms.ALL.has(c.layer())).isTrue());
  }
}
