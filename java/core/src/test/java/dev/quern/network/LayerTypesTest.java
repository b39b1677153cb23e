package dev.quern.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Layer;
import dev.quern.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class LayerTypesTest {
  private record Foreign() implements Layer {
    @Override
    public String type() {
      return "relu";
    }

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }
  }

  @Test
  void areRecords() {
    assertThat(LayerTypes.all()).hasSizeGreaterThan(70).allMatch(Class::isRecord);
  }

  @Test
  void anotherImplementationIsRefused() {
    assertThatThrownBy(() -> new Network.Node("own", new Foreign(), List.of("input")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("layer own: " + Foreign.class.getName())
        .hasMessageContaining("CustomLayer");
  }
}
