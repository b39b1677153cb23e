package dev.quern.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.Linear;
import dev.quern.tensor.Shape;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
    assertThat(LayerTypes.all()).hasSizeGreaterThan(70).allMatch(t -> t.layer().isRecord());
  }

  /** A record that is forgotten in the list cannot be used, saved or tested. */
  @Test
  void everyRecordIsListed() {
    Set<Class<?>> records =
        new ClassFileImporter()
            .importPackages("dev.quern.layer").stream()
                .filter(c -> c.isAssignableTo(Layer.class) && c.isRecord())
                .map(JavaClass::reflect)
                .filter(c -> c.getName().startsWith("dev.quern.layer"))
                .collect(Collectors.toSet());
    assertThat(LayerTypes.all().stream().<Class<?>>map(LayerType::layer).toList())
        .containsExactlyInAnyOrderElementsOf(records);
  }

  @Test
  void isFoundByNameAndLayer() {
    assertThat(LayerTypes.all())
        .allSatisfy(t -> assertThat(LayerTypes.find(t.name())).isSameAs(t))
        .isSortedAccordingTo(Comparator.comparing(t -> t.layer().getSimpleName()));
    assertThat(LayerTypes.of(new Linear(3)).name()).isEqualTo("linear");
  }

  @Test
  void missingOnnxAttributesAreRefused() {
    LayerType<?> type = LayerTypes.find("relu");
    assertThatThrownBy(() -> type.onnx("Relu", (String) null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("attributes");
    assertThatThrownBy(() -> type.onnx("Relu", (String[]) null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("attributes");
  }

  @Test
  void anotherImplementationIsRefused() {
    assertThatThrownBy(() -> new Network.Node("own", new Foreign(), List.of("input")))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("layer own: " + Foreign.class.getName())
        .hasMessageContaining("CustomLayer");
  }
}
