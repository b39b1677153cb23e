package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.fixtures.TinyOcr;
import dev.quern.image.Images;
import dev.quern.io.NetworkJson;
import dev.quern.io.Safetensors;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.onnx.Onnx;
import dev.quern.predict.ModelData;
import dev.quern.recipe.Recipe;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The programs of all pages of the manual run as they stand, and its network file is one. */
class ManualTest {
  /** The output of each program, in the order of its page. */
  private static final Map<String, List<String>> PRINTS =
      Map.ofEntries(
          Map.entry("start", List.of("Evaluation\\[accuracy=.*\n.+\n")),
          Map.entry(
              "networks",
              List.of(
                  "10, \\d+ parameters\n",
                  "\\d+ parameters\n",
                  "[0-9.]+ is the sum of both losses\n\\[?2.*3\\]?\n",
                  "3 samples\n",
                  "mean \\[8.53\\d*, 48.3\\d*\\], std .*\n",
                  "1x10\n",
                  "\\[kind, age\\]\n2\n",
                  "8x32\n",
                  "9x8 8\n",
                  "16x64\n",
                  "64x8x28x28\n",
                  "50x128\n",
                  "3x32x32\n",
                  "32x32x32\n",
                  "")),
          Map.entry(
              "data",
              List.of(
                  "\\[cat, dog\\] 8 2\n\\[\\] 32x32\n",
                  "\\[length, width\\] true\n",
                  "Dataset two: 2 images of 2, 2 classes, mean .*, std .*\n",
                  "ArrayFiles clothes\\d+: 8 training, 0 validation and 2 test samples"
                      + " \\[0, 1\\] 3x8x8\n",
                  "Dataset pets: 3 images of 1x2x2, 2 classes\n",
                  "Evaluation.*\n",
                  "Image 3x30x40, Tensor 1x3x32x32 .*\n")),
          Map.entry(
              "training",
              List.of(
                  "epoch 1/1 loss .*\n",
                  "epoch 1/1 loss .*\nEvaluation.*\n\\d+ bytes off-heap\n",
                  "resnet20, 60 epochs, batch 16\n",
                  "new head fc, 10 epochs\n",
                  "(?s:.*)", // findings, which may be none
                  "4 for .*\n",
                  "lenet: one of the two is .*\n",
                  "1 epoch\n",
                  "Network lenet: input 1x28x28, 10 layers, .*\n",
                  "FINISHED\n",
                  "loaded: 4\nmissing: 0\nunexpected: 0\nof another shape: 0\n50x4x4\n",
                  "512 values, 2 vectors\n",
                  "\\d+ points\n")),
          Map.entry(
              "prediction",
              List.of(
                  "10 classes, the most likely first\n2 images in one batch\n",
                  "0\\.6+7?\n(?s:.*)label,cat,dog,bird\ncat,1,0,0\ndog,0,1,0\nbird,1,0,0\n\n",
                  "28 x 28\n")),
          Map.entry(
              "detection",
              List.of(
                  "1 image, \\[map, map_50, map_75, .*\\]\n",
                  "30.0, 20.0: 0.8\n",
                  "17 key points, 1 person\n",
                  "\\[face\\], Image 3x112x112\n",
                  "3 pixels, counts \\[2, 2, 1, 1, 2\\], compressed 221O1\n1.0\n",
                  "Box\\[left=24.0, top=8.0, right=56.0, bottom=30.0\\]\n")),
          Map.entry(
              "image-to-image",
              List.of(
                  "AlphaMask 30x40, Image 3x30x40\n",
                  "DepthMap 30x40, center -?[0-9.E-]+, Image 1x30x40\n",
                  "scale 2: Image 3x600x800\n")),
          Map.entry("text", List.of("abc cab at \\d+\n", "ab\n", "1 lines in Image 3x96x480\n")),
          Map.entry(
              "quantization",
              List.of(
                  "4 of 4 layers quantized, weights [\\d,]+ bytes, were [\\d,]+\n",
                  "1 epoch of fine-tuning\n",
                  "BF16\n",
                  ".*(amx|bf16) x[\\d]+.*\n")),
          Map.entry(
              "onnx",
              List.of(
                  "[\\d.]+ kB\n",
                  "pool float32\\[1, 3, 4, 4\\]\n",
                  "loaded: 8\nmissing: 0\nunexpected: 1 \\(steps\\)\nof another shape: 0\n",
                  "")),
          Map.entry("pretrained", List.of("3x224x224, 1000 classes, BSD-3-Clause\n")),
          Map.entry("serving", List.of("1 prediction for 40 calls\nhttp://127.0.0.1:\\d+\n")),
          Map.entry("spark", List.of("epoch 1/1 loss .*\n")),
          Map.entry(
              "command-line",
              List.of("report written\n", "layer (?s:.*)\nstep of 64 (?s:.*)at best: .*\n")));

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> programsRun() throws Exception {
    List<Path> sources = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<String> prints = new ArrayList<>();
    Set<String> pages = new HashSet<>();
    for (String page : Docs.manual()) {
      String name = page.replaceFirst(".*/(.*)\\.md", "$1");
      List<String> blocks = Docs.anyBlocks(page, "java");
      if (!blocks.isEmpty()) {
        pages.add(name);
      }
      assertThat(blocks).as(page).hasSameSizeAs(PRINTS.getOrDefault(name, List.of()));
      for (int i = 0; i < blocks.size(); i++) {
        names.add(name + ", block " + i);
        sources.add(source("Block" + sources.size(), blocks.get(i)));
        prints.add(PRINTS.get(name).get(i));
      }
    }
    assertThat(pages).isEqualTo(PRINTS.keySet());
    List<String> texts = Docs.runAll(folder, sources, List.of());
    return Stream.iterate(0, i -> i < texts.size(), i -> i + 1)
        .map(
            i ->
                DynamicTest.dynamicTest(
                    names.get(i), () -> assertThat(texts.get(i)).matches(prints.get(i))));
  }

  private Path source(String name, String statements) throws Exception {
    Path source = folder.resolve(name + ".java");
    Files.writeString(source, Docs.program(name, statements));
    if (statements.contains("lenet.safetensors")) {
      foreign(Files.createDirectory(folder.resolve(name)).resolve("lenet.safetensors"));
    }
    if (statements.contains("whole-detector.onnx")) {
      Network network =
          Network.builder("d", Shape.of(3, 320, 320)).add("pool", new AdaptiveAvgPool2d(4)).build();
      Path file = Files.createDirectory(folder.resolve(name)).resolve("whole-detector.onnx");
      Onnx.save(ModelData.untrained(network, 1), file);
    }
    if (statements.contains("det.onnx")) {
      Path files = Files.createDirectory(folder.resolve(name));
      TinyOcr.write(files);
      BufferedImage receipt = Images.toBufferedImage(TinyOcr.image(96, 480, 0, "abc cab"));
      ImageIO.write(receipt, "png", files.resolve("receipt.png").toFile());
    }
    return source;
  }

  /** A file of another library: the weights of lenet, and a step count. */
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
    String page = Files.readString(Docs.ROOT.resolve("java/manual/training.md"));
    for (Recipe r : Recipe.all()) {
      assertThat(page)
          .contains("| `" + r.network() + "` | `" + r.data() + "` | " + r.epochs() + " |");
    }
  }

  @Test
  void networkFileIsANetwork() throws Exception {
    Network n = NetworkJson.read(Docs.block("java/manual/networks.md", "json", "\"layers\": ["));
    assertThat(n.input()).isEqualTo(Shape.of(3, 32, 32));
    assertThat(n.output()).isEqualTo(Shape.of(10));
  }
}
