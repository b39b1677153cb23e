package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.io.NetworkJson;
import dev.quern.io.Safetensors;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.train.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The manual's programs run as they stand, and its network file is one. */
class ManualTest {
  private static final String PAGE = "java/MANUAL.md";

  /** What each block prints, in order. */
  private static final List<String> PRINTS =
      List.of(
          "\\d+ parameters\n",
          "[0-9.]+ is the sum of both losses\n\\[?2.*3\\]?\n",
          "1x10\n",
          "8x32\n",
          "9x8 8\n",
          "Dataset two: 2 images of 2, 2 classes, mean .*, std .*\n",
          "Evaluation.*\n",
          "Dataset pets: 3 images of 1x2x2, 2 classes\n",
          "ArrayFiles clothes\\d+: 8 training, 0 validation and 2 test samples \\[0, 1\\] 3x8x8\n",
          "Image 3x30x40, Tensor 1x3x32x32 .*\n",
          "\\[cat, dog\\] 8 2\n\\[\\] 32x32\n",
          "\\[kind, age\\]\n2\n",
          "3 samples\n",
          "epoch 1/1 loss .*\nEvaluation.*\n\\d+ bytes off-heap\n",
          "4 for .*\n",
          "lenet: one of the two is .*\n",
          "1 epoch\n",
          "FINISHED\n",
          "epoch 1/1 loss .*\n",
          "",
          "loaded: 8\nmissing: 0\nunexpected: 1 \\(steps\\)\nof another shape: 0\n",
          "4 of 4 layers quantized, weights [\\d,]+ bytes, were [\\d,]+\n",
          "1 epoch of fine-tuning\n",
          "BF16\n",
          "1 picture, \\[map, map_50, map_75, .*\\]\n",
          "Box\\[left=24.0, top=8.0, right=56.0, bottom=30.0\\]\n",
          "[\\d.]+ kB\n",
          "1 answer to 40 questions\nhttp://127.0.0.1:\\d+\n",
          "0\\.6+7?\n(?s:.*)label,cat,dog,bird\ncat,1,0,0\ndog,0,1,0\nbird,1,0,0\n\n",
          "loaded: 4\nmissing: 0\nunexpected: 0\nof another shape: 0\n50x4x4\n",
          "",
          "Network lenet: input 1x28x28, 10 layers, .*\n",
          "report written\n",
          "layer (?s:.*)\nstep of 64 (?s:.*)at best: .*\n",
          "\\d+ points\n");

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> programsRun() throws Exception {
    List<String> blocks = Docs.blocks(PAGE, "java");
    assertThat(blocks).hasSameSizeAs(PRINTS);
    List<Path> sources = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      sources.add(source("Block" + i, blocks.get(i)));
    }
    List<String> texts = Docs.runAll(folder, sources, List.of());
    return Stream.iterate(0, i -> i < blocks.size(), i -> i + 1)
        .map(
            i ->
                DynamicTest.dynamicTest(
                    "block " + i, () -> assertThat(texts.get(i)).matches(PRINTS.get(i))));
  }

  private Path source(String name, String statements) throws Exception {
    Path source = folder.resolve(name + ".java");
    Files.writeString(source, Docs.program(name, statements));
    if (statements.contains("lenet.safetensors")) {
      foreign(Files.createDirectory(folder.resolve(name)).resolve("lenet.safetensors"));
    }
    return source;
  }

  /** A file that another library wrote: the weights of lenet, and a count beside. */
  private static void foreign(Path file) {
    Network network = Networks.byName("lenet", Shape.of(1, 28, 28), 10);
    LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();
    tensors.put("steps", Safetensors.Entry.longs(Shape.of(), 7));
    ModelData.untrained(network, 1)
        .weights()
        .forEach((k, v) -> tensors.put(k, Safetensors.Entry.floats(network.state().get(k), v)));
    Safetensors.write(file, Map.of("format", "pt"), tensors);
  }

  @Test
  void recipesAreThoseThereAre() throws Exception {
    String page = Files.readString(Docs.ROOT.resolve(PAGE));
    for (Recipe r : Recipe.all()) {
      assertThat(page)
          .contains("| `" + r.network() + "` | `" + r.data() + "` | " + r.epochs() + " |");
    }
  }

  @Test
  void networkFileIsANetwork() throws Exception {
    Network n = NetworkJson.read(Docs.block(PAGE, "json", "\"layers\": ["));
    assertThat(n.input()).isEqualTo(Shape.of(3, 32, 32));
    assertThat(n.output()).isEqualTo(Shape.of(10));
  }
}
