package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.math.Add;
import dev.quern.layer.shape.TrainableTensor;
import dev.quern.network.Network;
import dev.quern.predict.MatchingWeights;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDictTest {
  private static final Network NETWORK =
      Network.builder("small", Shape.of(1, 4, 4))
          .add("conv", new Conv2d(2, 3))
          .add("bn", new BatchNorm2d())
          .add("flatten", new Flatten())
          .add("fc", new Linear(3))
          .build();

  @TempDir Path temp;
  private Path file;
  private final LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
  private final Map<String, float[]> weights = ModelData.untrained(NETWORK, 1).weights();

  @BeforeEach
  void begin() {
    file = temp.resolve("weights.safetensors");
    NETWORK
        .state()
        .forEach(
            (name, shape) ->
                tensors.put("module." + name, Safetensors.Entry.floats(shape, weights.get(name))));
    tensors.put("module.bn.num_batches_tracked", Safetensors.Entry.longs(Shape.of(), 7));
  }

  private StateDict written() {
    Safetensors.write(file, Map.of("format", "pt"), tensors);
    return StateDict.load(file);
  }

  @Test
  void aStateDictFitsItsNetwork() {
    StateDict dict = written();
    assertThat(dict.others()).isEmpty();
    assertThat(dict.shapes()).containsEntry("module.conv.weight", Shape.of(2, 1, 3, 3));
    MatchingWeights found = dict.matching(NETWORK, NameMap.of(Map.of("module.", "")));
    assertThat(found.report().isComplete()).as("%s", found.report()).isTrue();
    weights.forEach((name, w) -> assertThat(found.weights().get(name)).isEqualTo(w));
  }

  @Test
  void theReportNamesWhatDoesNotFit() {
    tensors.remove("module.bn.bias");
    tensors.put("module.fc.bias", Safetensors.Entry.floats(Shape.of(4), new float[4]));
    tensors.put("module.steps", Safetensors.Entry.longs(Shape.of(1), 7));
    tensors.put("extra", Safetensors.Entry.floats(Shape.of(1), 1));
    StateDict dict = written();
    assertThat(dict.others()).containsExactly("module.steps");
    NameMap names = NameMap.of(Map.of("module.", ""));
    MatchingWeights.Report report = dict.matching(NETWORK, names).report();
    assertThat(report.missing()).containsExactly("bn.bias");
    assertThat(report.unexpected()).containsExactly("extra", "module.steps");
    assertThat(report.otherShape()).containsOnlyKeys("fc.bias");
    MatchingWeights.Report part = dict.matching(NETWORK, names, "conv.*").report();
    assertThat(part.isComplete()).isTrue();
    assertThat(part.loaded()).containsExactly("conv.weight", "conv.bias");
  }

  /** As in nn.MultiheadAttention and in a module with an nn.Parameter of its own. */
  @Test
  void parametersOfModulesAreFound() {
    Network network =
        Network.builder("tokens", Shape.of(2, 3))
            .add("attention.in_proj", new Linear(3))
            .add("position", new TrainableTensor(2, 3))
            .add("sum", new Add(), "attention.in_proj", "position")
            .build();
    float[] matrix = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    tensors.clear();
    tensors.put("attention.in_proj_weight", Safetensors.Entry.floats(Shape.of(3, 3), matrix));
    tensors.put("attention.in_proj_bias", Safetensors.Entry.floats(Shape.of(3), 1, 2, 3));
    tensors.put("position", Safetensors.Entry.floats(Shape.of(1, 2, 3), 1, 2, 3, 4, 5, 6));
    tensors.put("attention.relative_position_index", Safetensors.Entry.longs(Shape.of(1), 1));
    MatchingWeights found = written().matching(network, NameMap.none());
    assertThat(found.report().isComplete()).as("%s", found.report()).isTrue();
    assertThat(found.weights().get("attention.in_proj.weight")).containsExactly(matrix);
    assertThat(found.weights().get("attention.in_proj.bias")).containsExactly(1, 2, 3);
    assertThat(found.weights().get("position.weight")).containsExactly(1, 2, 3, 4, 5, 6);
    tensors.put("position", Safetensors.Entry.floats(Shape.of(2, 2, 3), new float[12]));
    assertThat(written().matching(network, NameMap.none()).report().otherShape())
        .containsEntry(
            "position.weight", new MatchingWeights.Shapes(Shape.of(2, 2, 3), Shape.of(2, 3)));
  }

  @Test
  void doublesAreRounded() {
    tensors.put("module.bn.bias", Safetensors.Entry.doubles(Shape.of(2), 0.1, -1e300));
    assertThat(written().weights().get("module.bn.bias"))
        .containsExactly(0.1f, Float.NEGATIVE_INFINITY);
  }

  @Test
  void twoWeightsOfOneNameAreRefused() {
    tensors.put("conv.bias", Safetensors.Entry.floats(Shape.of(2), 1, 2));
    StateDict dict = written();
    assertThatThrownBy(() -> dict.matching(NETWORK, NameMap.of(Map.of("module.", ""))))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("state dict: module.conv.bias and conv.bias both map to conv.bias");
  }

  @Test
  void whatIsNoStateDictIsRefused() throws IOException {
    assertThatThrownBy(() -> StateDict.load(file)).isInstanceOf(NotFoundException.class);
    Files.write(file, new byte[40]);
    assertThatThrownBy(() -> StateDict.load(file)).isInstanceOf(FormatException.class);
    Map<String, float[]> one = Map.of("a", new float[2]);
    assertThatThrownBy(() -> new StateDict(one, Map.of(), List.of()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("state dict: weight a has no shape");
    for (Shape shape : List.of(Shape.of(3), Shape.of(Shape.FREE))) {
      assertThatThrownBy(() -> new StateDict(one, Map.of("a", shape), List.of()))
          .isInstanceOf(ShapeException.class)
          .hasMessage("state dict: weight a has 2 values, not " + shape);
    }
  }
}
