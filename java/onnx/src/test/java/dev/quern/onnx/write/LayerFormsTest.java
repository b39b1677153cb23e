package dev.quern.onnx.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.CustomLayer;
import dev.quern.layer.Layer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A new layer says how it is written. */
class LayerFormsTest {
  @Test
  void everyLayerHasAForm() {
    List<Class<?>> all = layers(Layer.class).filter(c -> c != CustomLayer.class).toList();
    assertThat(all)
        .hasSizeGreaterThan(50)
        .allSatisfy(c -> assertThat(LayerForms.ALL.has(c)).isTrue());
  }

  private static Stream<Class<?>> layers(Class<?> of) {
    return of.isSealed()
        ? Stream.of(of.getPermittedSubclasses()).flatMap(LayerFormsTest::layers)
        : Stream.of(of);
  }
}
