package dev.quern.tests;

import ai.onnxruntime.OrtException;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.onnx.OnnxWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layer and every built-in network, as ONNX Runtime computes what is written of it. */
class OnnxExportTest {
  @TempDir Path dir;

  @BeforeAll
  static void requireRuntime() {
    OnnxRuntime.environment();
  }

  static Stream<Named<Network>> layers() {
    return GradientNetworks.written(new OnnxWriter().opset()).stream()
        .map(n -> Named.of(n.name(), n));
  }

  @ParameterizedTest
  @MethodSource
  void layers(Network network) throws OrtException {
    OnnxJudge.agrees(OnnxJudge.model(network), new OnnxWriter(), dir.resolve("layer.onnx"));
  }

  /** Where forms of layers change; the oldest and the newest stand for all. */
  static int[] opsets() {
    return Suite.FULL ? new int[] {13, 14, 18, 19, 20, 21, 22, 23} : new int[] {13, 23};
  }

  @ParameterizedTest
  @MethodSource("opsets")
  void layersOfOpset(int opset) throws OrtException {
    for (Network network : GradientNetworks.written(opset)) {
      OnnxWriter writer = new OnnxWriter().opset(opset);
      OnnxJudge.agrees(OnnxJudge.model(network), writer, dir.resolve("layer.onnx"));
    }
  }

  static List<String> builtIn() {
    return Suite.FULL ? Networks.names() : List.of("lenet", "resnet20", "mobilenet");
  }

  @ParameterizedTest
  @MethodSource
  void builtIn(String name) throws OrtException {
    OnnxJudge.agrees(
        OnnxJudge.model(Networks.byName(name)), new OnnxWriter(), dir.resolve("net.onnx"));
  }
}
